using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.TestServers;

/// <summary>A test host that starts a PostgreSQL, says so, and is killed.</summary>
internal static class DoomedHost
{
    public static async Task<int> RunAsync()
    {
        var server = await PostgresServer.StartAsync();
        Console.WriteLine(server.Folder);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
