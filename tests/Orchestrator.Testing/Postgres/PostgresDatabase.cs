using System.Globalization;
using Npgsql;
using Xunit;

namespace Orchestrator.Testing.Postgres;

/// <summary>An empty database for one test class (as its class fixture) or one test.</summary>
/// <remarks>A class whose tests are all skipped gets none: then nothing is started, and <see cref="ConnectionString"/> throws.</remarks>
public sealed class PostgresDatabase : IAsyncLifetime, IAsyncDisposable
{
    private static int made;

    private readonly string? server;
    private string? connectionString;

    /// <summary>On the server that the tests share.</summary>
    public PostgresDatabase()
    {
    }

    private PostgresDatabase(string server) => this.server = server;

    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture, $"orc_test_{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}_{Environment.ProcessId}_{Interlocked.Increment(ref made)}");

    /// <summary>As a role that may do everything in this database.</summary>
    public string ConnectionString => connectionString ?? throw new InvalidOperationException("There is no database: " + (TestPostgres.WhyNone ?? "it was not made yet."));

    /// <summary>An empty database on the server that the tests share.</summary>
    public static async Task<PostgresDatabase> CreateAsync()
    {
        var database = new PostgresDatabase();
        await database.InitializeAsync();
        return database;
    }

    /// <summary>An empty database on a server of the test's own.</summary>
    public static async Task<PostgresDatabase> OnAsync(PostgresServer server)
    {
        var database = new PostgresDatabase(server.ConnectionString());
        await database.InitializeAsync();
        return database;
    }

    public async Task InitializeAsync()
    {
        if (server is null && TestPostgres.WhyNone is not null)
        {
            return;
        }

        var there = server ?? await TestPostgres.ConnectionStringAsync();
        await ExecuteAsync(there, $"CREATE DATABASE {Name}");
        connectionString = new NpgsqlConnectionStringBuilder(there) { Database = Name }.ConnectionString;
    }

    /// <summary>Drops the database; connections to it are closed. One on a server of the test's own goes with the server.</summary>
    public async Task DisposeAsync()
    {
        if (connectionString is not null && server is null)
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(connectionString));
            await ExecuteAsync(await TestPostgres.ConnectionStringAsync(), $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
            connectionString = null;
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private static async Task ExecuteAsync(string server, string statement)
    {
        // Not pooled: a pooled one would be a broken one after a test has crashed its server.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
