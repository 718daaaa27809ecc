using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>A database that is away for a while: new work is refused, accepted work waits, nothing crashes, and all goes on by itself.</summary>
public sealed partial class When_the_database_is_away(ITestOutputHelper output)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(6);

    [PostgresFact(OwnServer = true)]
    public async Task the_server_lives_refuses_and_goes_on_when_it_is_back()
    {
        await using var world = await FailingDatabase.StartAsync();
        await using var server = await world.Place.StartServerAsync(world.Environment);
        var load = new Load(server.Http);
        await load.MoreAsync(30);
        var before = await MemoryAsync(server);

        await world.Postgres.StopAsync();
        var left = TimeProvider.System.GetTimestamp();
        var linesBefore = Causes(server).Count();
        (await FailingDatabase.ProbeAsync(server, "ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        while (TimeProvider.System.GetElapsedTime(left) < Away)
        {
            (await FailingDatabase.ProbeAsync(server, "live")).ShouldBe(HttpStatusCode.OK);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }

        load.Refused.GetValueOrDefault((int)HttpStatusCode.ServiceUnavailable).ShouldBeGreaterThan(10);
        var causes = Causes(server).Skip(linesBefore).CountBy(cause => cause).OrderByDescending(cause => cause.Value).ToList();
        var seconds = TimeProvider.System.GetElapsedTime(left).TotalSeconds;
        await world.Postgres.StartAgainAsync();
        var ready = await FailingDatabase.ReadyAgainAsync(server);

        await load.MoreAsync(30);
        var grown = await MemoryAsync(server) - before;
        await world.SettleAsync(load, output, string.Create(
            CultureInfo.InvariantCulture,
            $"away {Away.TotalSeconds} s, ready {ready.TotalSeconds:0.0} s after it was back; {causes.Count} causes told, the most often {causes[0].Value} times; memory grew by {grown / 1_000_000} MB"));

        // One line a second for one cause, and one at each end.
        causes.ShouldAllBe(cause => cause.Value <= seconds + 2);
        grown.ShouldBeLessThan(100_000_000);
    }

    [PostgresFact(OwnServer = true)]
    public async Task a_process_that_starts_meanwhile_waits_and_says_so()
    {
        await using var world = await FailingDatabase.StartAsync();
        await world.Postgres.StopAsync();
        await using var process = world.Place.Start(["dev", "--urls", "http://127.0.0.1:0", "--no-open"], world.Environment);
        await process.ErrorLineAsync(line => line.Contains("nothing is accepted until it is there", StringComparison.Ordinal));

        await world.Postgres.StartAgainAsync();

        var line = await process.OutputLineAsync(text => text.StartsWith("API ", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = new Uri(new Uri(line[4..].Trim()), "/") };
        (await http.GetAsync("health/startup")).StatusCode.ShouldBe(HttpStatusCode.OK);
        process.Interrupt();
        (await process.EndAsync()).Exits(0);
    }

    [PostgresFact(OwnServer = true)]
    public async Task a_process_that_waits_for_it_ends_when_it_is_told_to()
    {
        await using var world = await FailingDatabase.StartAsync();
        await world.Postgres.StopAsync();
        await using var process = world.Place.Start(["dev", "--urls", "http://127.0.0.1:0", "--no-open"], world.Environment);
        await process.ErrorLineAsync(line => line.Contains("nothing is accepted until it is there", StringComparison.Ordinal));
        process.Interrupt();
        (await process.EndAsync()).Errors.ShouldNotContain("Unhandled");
    }

    // Warnings and errors, with what differs from one to the next taken out.
    private static IEnumerable<string> Causes(DevServer server) => server.Said.Split('\n')
        .Where(line => line.Contains(" WRN ", StringComparison.Ordinal) || line.Contains(" ERR ", StringComparison.Ordinal))
        .Select(line => Varying().Replace(line, "#"));

    [GeneratedRegex("^[0-9:]+|[0-9a-f]{16,}|[0-9.]+ ?ms|[0-9]+ times")]
    private static partial Regex Varying();

    private static async Task<long> MemoryAsync(DevServer server) =>
        (await server.Http.GetFromJsonAsync<JsonElement>("stats")).GetProperty("memoryBytes").GetInt64();
}
