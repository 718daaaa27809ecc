using System.Globalization;
using System.Net;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>A server of ours on a PostgreSQL that a test may crash, with callers and an agent that both survive it.</summary>
internal sealed class FailingDatabase : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly StubAgent cook;
    private readonly PostgresDatabase database;

    private FailingDatabase(Workplace place, StubAgent cook, PostgresServer postgres, PostgresDatabase database)
    {
        Place = place;
        Postgres = postgres;
        this.cook = cook;
        this.database = database;
    }

    public Workplace Place { get; }

    public PostgresServer Postgres { get; }

    public string DatabaseName => database.Name;

    public (string Name, string Value)[] Environment => OnPostgres.Environment(database.ConnectionString);

    public static async Task<FailingDatabase> StartAsync()
    {
        var postgres = await PostgresServer.StartAsync();
        var database = await PostgresDatabase.OnAsync(postgres);
        var cook = await StubAgent.StartAsync();
        var place = new Workplace();
        place.Write("orchestrator.yaml", OnPostgres.Settings(cook.Endpoint));
        return new(place, cook, postgres, database);
    }

    /// <summary>Asks a probe of the server.</summary>
    public static async Task<HttpStatusCode> ProbeAsync(DevServer server, string probe)
    {
        using var response = await server.Http.GetAsync($"/health/{probe}");
        return response.StatusCode;
    }

    /// <summary>How long it takes until the server says that it is ready.</summary>
    public static async Task<TimeSpan> ReadyAgainAsync(DevServer server)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await ProbeAsync(server, "ready") != HttpStatusCode.OK)
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(OrcProcess.Patience, server.Said);
            await Task.Delay(Look, TimeProvider.System);
        }

        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Waits until everything that was acknowledged has finished, and checks all of it.</summary>
    public async Task<KeptWorkflows> SettleAsync(Load load, ITestOutputHelper output, string faults)
    {
        await load.StopAsync();
        var began = TimeProvider.System.GetTimestamp();
        var kept = await KeptWorkflows.ReadAsync(database.ConnectionString);
        while (kept.Unfinished.Count > 0 && TimeProvider.System.GetElapsedTime(began) < OrcProcess.Patience)
        {
            await Task.Delay(Look * 4, TimeProvider.System);
            kept = await KeptWorkflows.ReadAsync(database.ConnectionString);
        }

        kept.Compare(load);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{faults}; {load.Acknowledged.Count} acknowledged, {load.Answers} answers, refused {string.Join(", ", load.Refused.Select(pair => $"{pair.Key}: {pair.Value}"))}, {kept.StepsCompleted} steps completed, {kept.Repeated} attempts repeated, all finished {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s after the load ended"));
        kept.Violations.ShouldBeEmpty();
        kept.Unfinished.ShouldBeEmpty();
        kept.StepsCompleted.ShouldBe(kept.Count * 3);
        load.Unkind.ShouldBeEmpty();
        return kept;
    }

    public async ValueTask DisposeAsync()
    {
        await cook.DisposeAsync();
        await Postgres.DisposeAsync();
        Place.Dispose();
    }
}
