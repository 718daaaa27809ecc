using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

/// <summary>A server of its own, which each test ends and starts again.</summary>
public sealed class When_the_server_restarts_meanwhile : IAsyncLifetime
{
    private readonly SiloServer server = new();

    public Task InitializeAsync() => server.InitializeAsync();

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task votes_and_the_inbox_are_as_they_were_and_what_was_done_is_not_done_again()
    {
        var id = await server.Client.StartAsync(
            """
            {"id": "slow", "mode": "sequential", "steps": [
              {"id": "before", "agentId": "echo", "action": "echo", "input": {"text": "once"}},
              {"id": "ask", "approval": {"prompt": "Go?", "approvers": ["ana", "ben"], "quorum": 2}},
              {"id": "after", "agentId": "echo", "action": "echo", "input": {"text": "then"}}]}
            """);
        await server.Client.UntilAsync(id, "step.waiting");
        (await VoteAsync(id, "ana")).GetProperty("status").GetString().ShouldBe("waiting");

        await server.StopAsync();
        await server.StartAsync();

        var waiting = (await (await server.Client.GetAsync("/api/v1/approvals?approver=ben")).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        waiting.GetProperty("votes")[0].GetProperty("by").GetString().ShouldBe("ana");
        (await VoteAsync(id, "ana")).GetProperty("votes").GetArrayLength().ShouldBe(1, "one person has one vote, also after a restart");
        (await VoteAsync(id, "ben")).GetProperty("status").GetString().ShouldBe("approved");
        (await server.Client.EndAsync(id)).State().ShouldBe("completed");
        var history = (await (await server.Client.GetAsync($"/api/v1/workflows/{id}/history?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().ToArray();
        history.Count(entry => entry.GetProperty("type").GetString()!.StartsWith("step.started", StringComparison.Ordinal) && entry.GetProperty("data").GetProperty("step").GetString() == "before").ShouldBe(1);
    }

    [Fact]
    public async Task a_signal_taken_before_is_taken_once_and_waits_for_its_step()
    {
        var id = await server.Client.StartAsync(
            """{"id": "late", "mode": "sequential", "steps": [{"id": "ask", "approval": "Go?"}, {"id": "paid", "signal": "paid"}, {"id": "again", "signal": "paid"}]}""");
        await server.Client.UntilAsync(id, "step.waiting");
        await SignalAsync(id, "1");

        await server.StopAsync();
        await server.StartAsync();
        await SignalAsync(id, "1");
        await VoteAsync(id, "ana");

        var workflow = await (await server.Client.GetAsync("/api/v1/workflows/" + id)).JsonAsync();
        workflow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("state").GetString()).ShouldBe(["completed", "completed", "waiting"]);
        await SignalAsync(id, "2");
        (await server.Client.EndAsync(id)).State().ShouldBe("completed");
    }

    [Fact]
    public async Task a_schedule_goes_on_where_it_stood_and_starts_no_window_twice()
    {
        const string Path = "/api/v1/schedules/ticks";
        var put = await server.Client.SendJsonAsync(
            HttpMethod.Put, Path, """{"every": "PT1S", "overlap": "allow_all", "plan": {"id": "tick", "steps": [{"id": "a", "agentId": "echo", "action": "echo", "input": {}}]}}""");
        put.StatusCode.ShouldBe(HttpStatusCode.Created, await put.Content.ReadAsStringAsync());
        var before = await UntilStartedAsync(Path, 3);

        await server.StopAsync();
        await server.StartAsync();
        (await server.Client.PostJsonAsync(Path + "/trigger", "{}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var after = await UntilStartedAsync(Path, before + 3);
        (await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Path), ("If-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var windows = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await server.Client.GetAsync($"/api/v1/workflows?limit=200&tag=schedule:ticks{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}")).JsonAsync();
            windows.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("tags").GetProperty("window").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        windows.Count.ShouldBeGreaterThanOrEqualTo((int)after);
        var seconds = windows.Select(window => DateTimeOffset.Parse(window, System.Globalization.CultureInfo.InvariantCulture)).Order().Distinct().ToArray();
        (seconds[^1] - seconds[0]).TotalSeconds.ShouldBe(seconds.Length - 1, "no second between the first and the last is left out, whoever was there");
    }

    /// <summary>Looks again and again, for a schedule has no stream to wait on; each look is a request, so it takes its time by itself.</summary>
    private async Task<long> UntilStartedAsync(string path, long count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var shown = await (await server.Client.GetAsync(path)).JsonAsync();
            if (shown.GetProperty("counts").GetProperty("started").GetInt64() is var started && started >= count)
            {
                return started;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private async Task SignalAsync(string id, string key) =>
        (await server.Client.PostJsonAsync($"/api/v1/workflows/{id}/signals/paid", """{"amount": 5}""", ("Idempotency-Key", $"\"{key}\""))).StatusCode.ShouldBe(HttpStatusCode.Accepted);

    private async Task<JsonElement> VoteAsync(string id, string by)
    {
        var response = await server.Client.PostJsonAsync($"/api/v1/approvals/{id}:ask/approve", $$"""{"by": "{{by}}"}""");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }
}
