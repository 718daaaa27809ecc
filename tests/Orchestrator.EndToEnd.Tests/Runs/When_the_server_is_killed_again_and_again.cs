using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary><c>kill -9</c> while people, a schedule and a reader of events are at work. Each lives on with the next server, and what agents were asked to do, they were asked under one key.</summary>
public sealed class When_the_server_is_killed_again_and_again : IAsyncLifetime
{
    private const string Plan = """
        {"plan": {"id": "trip", "mode": "sequential", "steps": [
          {"id": "before", "agentId": "hand", "action": "do"},
          {"id": "ask", "approval": {"prompt": "Go?", "approvers": ["ana", "ben"], "quorum": 2}},
          {"id": "paid", "signal": "paid"},
          {"id": "after", "agentId": "hand", "action": "do"}]}}
        """;

    private const string Ticks = """{"every": "PT1S", "overlap": "allow_all", "plan": {"id": "ticks", "steps": [{"id": "tick", "agentId": "hand", "action": "do"}]}}""";

    private readonly Workplace place = new();
    private readonly EventReader events = new();
    private StubAgent hand = null!;

    public async Task InitializeAsync()
    {
        hand = await StubAgent.StartAsync();
        place.Declare("hand", hand.Endpoint);
    }

    public async Task DisposeAsync()
    {
        await hand.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task votes_signals_windows_and_events_are_each_kept_and_counted_once()
    {
        string trip;
        await using (var first = await place.StartServerAsync())
        {
            trip = await StartAsync(first, Plan);
            (await PutAsync(first)).StatusCode.ShouldBe(HttpStatusCode.Created);
            var reading = events.FollowAsync(first);
            await StartedAsync(first, 1);
            await SignalAsync(first, trip);
            await VoteAsync(first, trip, "ana");
            await first.KillAsync();
            await reading;
        }

        await using (var second = await place.StartServerAsync())
        {
            var reading = events.FollowAsync(second);
            await SignalAsync(second, trip);
            await StartedAsync(second, await CountAsync(second, "started") + 1);
            await VoteAsync(second, trip, "ben");
            await second.KillAsync();
            await reading;
        }

        await using var third = await place.StartServerAsync();
        var last = events.FollowAsync(third);
        var workflow = await third.EndOfAsync(trip);
        workflow.GetProperty("state").GetString().ShouldBe("completed", workflow.ToString());
        await StartedAsync(third, await CountAsync(third, "started") + 1);
        var windows = await WindowsAsync(third);

        // Whatever was told before this was told before it.
        var bell = await StartAsync(third, """{"plan": {"id": "bell", "steps": [{"id": "ring", "sleep": 1}]}}""");
        events.Until = bell;
        await last.WaitAsync(OrcProcess.Patience);
        events.Numbers.ShouldBe(Enumerable.Range(1, events.Numbers.Count).Select(number => (long)number), "no gap and no repeat");

        var history = (await third.HistoryAsync(trip)).Select(entry => entry.GetProperty("type").GetString()!).ToList();
        history.Count(type => type.StartsWith("step.approval-voted", StringComparison.Ordinal)).ShouldBe(2);
        history.Count(type => type.StartsWith("step.approval-decided", StringComparison.Ordinal)).ShouldBe(1);
        history.Count(type => type.Contains("signal", StringComparison.Ordinal) && type.Contains("received", StringComparison.Ordinal)).ShouldBe(1);
        hand.Calls.Count(call => call.Step == "before").ShouldBe(1, "it had completed before the first kill");
        KeysOf("after").Count().ShouldBe(1);
        KeysOf("tick").Count().ShouldBe(windows, "each window is one effect");
    }

    private IEnumerable<string> KeysOf(string step) => hand.Calls.Where(call => call.Step == step).Select(call => call.IdempotencyKey).Distinct();

    /// <summary>Ends the schedule and gives the number of its windows, which are every second from the first to the last, each with one workflow that has completed.</summary>
    private static async Task<int> WindowsAsync(DevServer server)
    {
        using var paused = await server.Http.PostAsJsonAsync("schedules/ticks/pause", new { });
        paused.EnsureSuccessStatusCode();
        await UntilAsync(server, counts => Of(counts, "started") + Of(counts, "paused") == Of(counts, "due"));
        var page = await server.Http.GetFromJsonAsync<JsonElement>("workflows?limit=200&tag=schedule:ticks");
        var items = page.GetProperty("items").EnumerateArray().ToList();
        foreach (var item in items)
        {
            (await server.EndOfAsync(item.GetProperty("id").GetString()!)).GetProperty("state").GetString().ShouldBe("completed");
        }

        var windows = items.Select(item => DateTimeOffset.Parse(item.GetProperty("tags").GetProperty("window").GetString()!, CultureInfo.InvariantCulture)).Order().ToList();
        windows.Count.ShouldBe((int)await CountAsync(server, "started"));
        windows.ShouldBe(Enumerable.Range(0, windows.Count).Select(second => windows[0].AddSeconds(second)));
        return windows.Count;
    }

    private static Task StartedAsync(DevServer server, long count) => UntilAsync(server, counts => Of(counts, "started") >= count);

    /// <summary>Looks again and again, for a schedule has no stream to wait on.</summary>
    private static async Task UntilAsync(DevServer server, Func<JsonElement, bool> holds)
    {
        using var patience = new CancellationTokenSource(OrcProcess.Patience);
        while (!holds(await CountsAsync(server)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private static async Task<long> CountAsync(DevServer server, string of) => Of(await CountsAsync(server), of);

    private static async Task<JsonElement> CountsAsync(DevServer server) => (await server.Http.GetFromJsonAsync<JsonElement>("schedules/ticks")).GetProperty("counts");

    private static long Of(JsonElement counts, string name) => counts.GetProperty(name).GetInt64();

    private static async Task<HttpResponseMessage> PutAsync(DevServer server) =>
        await server.Http.PutAsync("schedules/ticks", Json(Ticks));

    private static async Task<string> StartAsync(DevServer server, string plan)
    {
        using var started = await server.Http.PostAsync("workflows", Json(plan));
        return (await started.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task SignalAsync(DevServer server, string trip)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"workflows/{trip}/signals/paid") { Content = Json("""{"amount": 5}""") };
        request.Headers.Add("Idempotency-Key", "\"paid-once\"");
        using var sent = await server.Http.SendAsync(request);
        sent.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task VoteAsync(DevServer server, string trip, string by)
    {
        // The first vote may come before the question.
        using var patience = new CancellationTokenSource(OrcProcess.Patience);
        while (true)
        {
            using var voted = await server.Http.PostAsJsonAsync($"approvals/{trip}:ask/approve", new { by });
            if (voted.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    /// <summary>Reads the events of all workflows from the first one on, and goes on behind the last it has seen whoever serves them.</summary>
    private sealed class EventReader
    {
        private string? seen;

        public List<long> Numbers { get; } = [];

        /// <summary>The workflow with whose end the reading ends.</summary>
        public string? Until { get; set; }

        public async Task FollowAsync(DevServer server)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "events?topics=workflows" + (seen is null ? "&after=first" : ""));
                if (seen is not null)
                {
                    request.Headers.TryAddWithoutValidation("Last-Event-ID", seen);
                }

                using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
                var (id, data) = (seen, "");
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("id: ", StringComparison.Ordinal))
                    {
                        id = line[4..];
                    }
                    else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    {
                        data = line[6..];
                    }
                    else if (line.Length == 0)
                    {
                        // Only what has come whole counts.
                        seen = id;
                        if (data.Length > 0 && IsLast(JsonSerializer.Deserialize<JsonElement>(data)))
                        {
                            return;
                        }

                        data = "";
                    }
                }
            }
            catch (IOException)
            {
                // The server was killed in the middle of it.
            }
        }

        private bool IsLast(JsonElement told)
        {
            Numbers.Add(told.GetProperty("topicnumber").GetInt64());
            return Until is { } end && told.GetProperty("subject").GetString() == end && told.GetProperty("type").GetString()!.EndsWith("completed", StringComparison.Ordinal);
        }
    }
}
