using System.Net;
using NSubstitute;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_a_watcher_waits
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task it_hears_every_15_seconds_that_the_connection_lives()
    {
        var clock = new Clock();
        await using var server = await ApiServer.StartAsync(clock);
        var workflow = server.Grain<IWorkflowGrain>("quiet");
        workflow.ReadHistoryAsync(default, default).ReturnsForAnyArgs(new HistoryPage([Event(1, new WorkflowPaused("Ana", null))], 1, Finished: false));
        var asked = new List<TimeSpan>();
        workflow.WatchAsync(default, default, default).ReturnsForAnyArgs(call =>
        {
            var patience = call.Arg<TimeSpan>();
            asked.Add(patience);
            clock.Advance(patience);
            return asked.Count < 5
                ? new HistoryPage([], 1, Finished: false)
                : new HistoryPage([Event(2, new WorkflowCompleted(Payload.Null))], 2, Finished: true);
        });

        var text = await (await server.Client.GetAsync("/api/v1/workflows/quiet/events")).Content.ReadAsStringAsync();
        text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n')[0])
            .ShouldBe(["retry: 2000", "id: 1", ": still here", ": still here", "id: 2"]);
        asked.ShouldBe([TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)]);
    }

    [Fact]
    public async Task there_is_room_for_so_many_and_no_more()
    {
        await using var server = await ApiServer.StartAsync(("Api:StreamsMax", "1"));
        var workflow = server.Grain<IWorkflowGrain>("busy");
        workflow.ReadHistoryAsync(default, default).ReturnsForAnyArgs(new HistoryPage([Event(1, new WorkflowPaused("Ana", null))], 1, Finished: false));
        var over = new TaskCompletionSource<HistoryPage>(TaskCreationOptions.RunContinuationsAsynchronously);
        workflow.WatchAsync(default, default, default).ReturnsForAnyArgs(_ => over.Task);

        using (var first = await server.Client.GetAsync(new Uri("/api/v1/workflows/busy/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
            await (await server.Client.GetAsync("/api/v1/workflows/busy/events")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "server.busy");
            over.SetResult(new HistoryPage([Event(2, new WorkflowCompleted(Payload.Null))], 2, Finished: true));
            (await first.Content.ReadAsStringAsync()).ShouldContain("workflow.completed");
        }

        (await server.Client.GetAsync("/api/v1/workflows/busy/events?after=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task whoever_finds_no_room_to_wait_is_answered_at_once()
    {
        await using var server = await ApiServer.StartAsync(("Api:WaitersMax", "1"));
        var workflow = server.Grain<IWorkflowGrain>("patient");
        workflow.StartAsync(default!, default).ReturnsForAnyArgs(new StartReply(new WorkflowId("patient"), Noon));
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var over = new TaskCompletionSource<HistoryPage>(TaskCreationOptions.RunContinuationsAsynchronously);
        workflow.WatchAsync(default, default, default).ReturnsForAnyArgs(_ =>
        {
            entered.TrySetResult();
            return over.Task;
        });
        const string body = """{"id": "patient", "plan": {"id": "p", "steps": [{"id": "a", "signal": "go"}]}}""";

        var first = server.Client.PostJsonAsync("/api/v1/workflows", body, ("Prefer", "wait=30"));
        await entered.Task;
        (await server.Client.PostJsonAsync("/api/v1/workflows", body, ("Prefer", "wait=30"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        over.SetResult(new HistoryPage([], 1, Finished: true));
        (await first).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static JournalEntry Event(long number, WorkflowEvent happened) => new(number, Noon, happened);

    /// <summary>Stands still until it is told how much time has gone by.</summary>
    private sealed class Clock : TimeProvider
    {
        private long ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref ticks);

        public override DateTimeOffset GetUtcNow() => Noon;

        public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
    }
}
