namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>What makes the program keep everything in PostgreSQL, and notice sooner than in production what another process has left behind.</summary>
internal static class OnPostgres
{
    private const string Variable = "ORC_DATABASE";

    public static (string Name, string Value)[] Environment(string connectionString) => [(Variable, connectionString)];

    /// <summary>A settings file with one agent.</summary>
    public static string Settings(string agent) => $"""
        data:
          store: postgres
        postgres:
          connectionString: env:{Variable}
          leaseFor: "00:00:02"
          leaseEvery: "00:00:00.5"
          reconnectMax: "00:00:00.5"
        sweep:
          orphansEvery: "00:00:01"
          restMax: "00:00:02"
        agents:
          declared:
            cook:
              endpoints: [{agent}]
              concurrency: 1000
        """;
}
