namespace Orchestrator.Testing.Postgres;

/// <summary>The PostgreSQL that tests use: the one <see cref="Variable"/> names, else one that is started from what is installed, else none.</summary>
public static class TestPostgres
{
    /// <summary>An environment variable: the connection string of a server on which databases may be created and dropped.</summary>
    public const string Variable = "ORC_TEST_POSTGRES";

    private static readonly Lazy<Task<PostgresServer>> Own = new(() => PostgresServer.StartAsync());

    /// <summary>The connection string of the named server; null when none is named.</summary>
    public static string? Named { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    /// <summary>Why tests that need PostgreSQL cannot run; null when they can.</summary>
    public static string? WhyNone { get; } = Named is null && PostgresBinaries.WhyNot() is { } reason
        ? $"PostgreSQL is needed, and {reason}. Install it (Debian: apt-get install postgresql), or name a server in {Variable}."
        : null;

    /// <summary>Why tests that crash the server or keep it away cannot run; null when they can. They start a server of their own.</summary>
    public static string? WhyNoServer { get; } = Named is not null
        ? $"PostgreSQL is crashed, and {Variable} names one that is not ours to crash. Unset it, and have PostgreSQL installed, to run these."
        : WhyNone;

    /// <summary>Of the server that the tests of this process share. It starts when the first of them asks.</summary>
    public static async Task<string> ConnectionStringAsync() => Named ?? (await Own.Value).ConnectionString();
}
