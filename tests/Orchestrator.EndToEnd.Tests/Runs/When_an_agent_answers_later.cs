using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary><c>kill -9</c> around a 202: what an agent has taken on is waited for by whoever comes next, and its completion is believed.</summary>
public sealed class When_an_agent_answers_later : IAsyncLifetime
{
    private readonly Workplace place = new();
    private StubAgent scanner = null!;

    public async Task InitializeAsync()
    {
        scanner = await StubAgent.StartAsync();
        scanner.AnswerLater("scan");
        place.Declare("scanner", scanner.Endpoint);
        place.Write(".orc/chaos-allowed", "");
    }

    public async Task DisposeAsync()
    {
        await scanner.DisposeAsync();
        place.Dispose();
    }

    /// <summary>Accepted, started, deferred, then completed: the process dies at the third event, before the 202 is written down and after it.</summary>
    [Theory]
    [InlineData("KillBeforeEvent", 2)]
    [InlineData("KillAfterEvent", 1)]
    public async Task a_process_killed_at_the_202_leaves_it_to_the_next(string moment, int calls)
    {
        await using (var killed = await place.StartServerAsync(($"ORC__Chaos__{moment}", "3")))
        {
            await StartAsync(killed);
            (await killed.EndAsync()).Exits(128 + 9);
        }

        await using var server = await place.StartServerAsync();
        var id = await server.OnlyIdAsync();
        await DeferredAsync(server, id);
        scanner.Calls.Count.ShouldBe(calls);
        scanner.Calls.Select(call => (call.IdempotencyKey, call.Attempt, call.Token)).Distinct().ShouldHaveSingleItem("a repeated call brings nothing new");
        (await CompleteAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await CompletedAsync(server, id);
    }

    /// <summary>The process dies with the completion in its hands: before it is kept and after. The agent has heard nothing, and says it again.</summary>
    [Theory]
    [InlineData("KillBeforeEvent")]
    [InlineData("KillAfterEvent")]
    public async Task a_process_killed_at_the_completion_is_told_again_and_completes_once(string moment)
    {
        await using (var killed = await place.StartServerAsync(($"ORC__Chaos__{moment}", "4")))
        {
            await DeferredAsync(killed, await StartAsync(killed));
            await Should.ThrowAsync<HttpRequestException>(() => CompleteAsync(killed));
            (await killed.EndAsync()).Exits(128 + 9);
        }

        await using var server = await place.StartServerAsync();
        (await CompleteAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var id = await server.OnlyIdAsync();
        await CompletedAsync(server, id);
        (await CompleteAsync(server)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var other = await server.Http.PostAsJsonAsync($"completions/{scanner.Calls[0].Token}", new { output = new { pages = 13 } });
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        scanner.Calls.ShouldHaveSingleItem();
    }

    private static async Task<string> StartAsync(DevServer server)
    {
        try
        {
            using var started = await server.Http.PostAsJsonAsync("workflows", new { plan = new { id = "archive", steps = new[] { new { id = "scan", agentId = "scanner", action = "scan" } } } });
            return (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
        catch (HttpRequestException)
        {
            // It died of what it was asked to do before it could say so.
            return "";
        }
    }

    private async Task<HttpResponseMessage> CompleteAsync(DevServer server) =>
        await server.Http.PostAsJsonAsync($"completions/{scanner.Calls[0].Token}", new { output = new { pages = 12 } });

    private static async Task DeferredAsync(DevServer server, string id)
    {
        using var reader = new StreamReader(await server.Http.GetStreamAsync($"workflows/{id}/events"));
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("step.attempt-deferred", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"Nobody took the step on.\n{server.Said}");
    }

    private static async Task CompletedAsync(DevServer server, string id)
    {
        var workflow = await server.EndOfAsync(id);
        workflow.GetProperty("state").GetString().ShouldBe("completed");
        workflow.GetProperty("output").GetProperty("pages").GetInt32().ShouldBe(12);
        var history = await server.HistoryAsync(id);
        history.Count(entry => entry.GetProperty("type").GetString() == "step.completed").ShouldBe(1);
    }
}
