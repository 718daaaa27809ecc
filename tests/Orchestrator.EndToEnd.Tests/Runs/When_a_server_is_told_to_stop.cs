using System.Net;
using System.Net.Http.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>SIGTERM to a server behind something that spreads requests and learns only from a probe where not to send them.</summary>
public sealed class When_a_server_is_told_to_stop : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task it_says_for_its_grace_that_it_is_not_ready_and_takes_what_is_sent_all_the_same()
    {
        var address = new Uri("http://127.0.0.1:" + Ports.Free());
        await using var server = OrcProcess.StartProgram(
            "Orchestrator.ApiHost.dll", place.Folder, [], ("ORC__Api__Urls", address.ToString()), ("ORC__Data__Folder", place.DataFolder), ("ORC__Cluster__ReadyGrace", Grace.ToString()));
        await server.AnswersAsync(new Uri(address, "/health/ready"));
        using var http = new HttpClient { BaseAddress = address };

        var told = TimeProvider.System.GetTimestamp();
        server.Terminate();
        while ((await http.GetAsync("/health/ready")).IsSuccessStatusCode)
        {
            TimeProvider.System.GetElapsedTime(told).ShouldBeLessThan(Grace, "readiness still says yes");
        }

        using var accepted = await http.PostAsJsonAsync("/api/v1/workflows", new { plan = new { id = "late", steps = new[] { new { id = "say", agentId = "echo", action = "echo", input = new { text = "still here" } } } } });
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await server.EndAsync()).Exits(0);
        TimeProvider.System.GetElapsedTime(told).ShouldBeGreaterThan(Grace);
    }
}
