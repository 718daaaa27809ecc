using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Hosting.Tests.Workflows;

/// <summary>A store of due and orphaned workflows, a clock that a test moves, and the real sweeper between them.</summary>
internal sealed class SweptWorld : IWorkflowIndex, IWorkflowWaker, ISweepObserver
{
    private readonly List<SteppedTimer> timers = [];
    private readonly WakeClaims claims = new();
    private readonly SteppedClock clock;

    public SweptWorld() => clock = new SteppedClock(timers);

    public List<WorkflowId> Due { get; } = [];

    public List<WorkflowId> Orphans { get; } = [];

    public List<(WorkflowId Workflow, TimeSpan At)> Woken { get; } = [];

    public List<Exception> Failures { get; } = [];

    /// <summary>What a wake does; by default the workflow moves on and is due no more.</summary>
    public Func<WorkflowId, CancellationToken, ValueTask>? OnWake { get; set; }

    public Exception? StoreFailure { get; set; }

    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>Starts the sweeper; everything in this world answers at once, so it runs to its first pause before this returns.</summary>
    public CancellationTokenSource Start(SweepPolicy? policy = null)
    {
        var stop = new CancellationTokenSource();
        var sweeper = new Sweeper(this, this, this, policy ?? SweepPolicy.Default, clock, new Random(1));
        Outside(() => Running = sweeper.RunAsync(stop.Token));
        return stop;
    }

    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>Moves the clock from timer to timer.</summary>
    public void Pass(TimeSpan span)
    {
        var end = clock.Elapsed + span;
        while (timers.Where(timer => timer.At <= end).MinBy(timer => timer.At) is { } next)
        {
            clock.Elapsed = next.At;
            timers.Remove(next);
            Outside(next.Fire);
        }

        clock.Elapsed = end;
    }

    public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        StoreFailure is null ? new(Claim(Due, now, limit, rest)) : throw StoreFailure;

    public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken)
    {
        return StoreFailure is null ? new(Claim(Orphans, now, limit, rest)) : throw StoreFailure;
    }

    public async ValueTask WakeAsync(WorkflowId workflow, CancellationToken cancellationToken)
    {
        Woken.Add((workflow, clock.Elapsed));
        if (OnWake is not null)
        {
            await OnWake(workflow, cancellationToken);
            return;
        }

        Due.Remove(workflow);
        Orphans.Remove(workflow);
    }

    public void Swept(SweepKind kind, int woken)
    {
    }

    public void SweepFailed(SweepKind kind, Exception cause) => Failures.Add(cause);

    public void WakeFailed(WorkflowId workflow, Exception cause) => Failures.Add(cause);

    ValueTask<WorkflowPage> IWorkflowIndex.ListAsync(WorkflowQuery query, CancellationToken cancellationToken) => throw Unused();

    ValueTask<WorkflowSummary?> IWorkflowIndex.FindAsync(WorkflowId workflow, CancellationToken cancellationToken) => throw Unused();

    ValueTask<AppendOutcome.RequestSeen?> IWorkflowIndex.FindRequestAsync(string key, CancellationToken cancellationToken) => throw Unused();

    ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> IWorkflowIndex.CountAsync(CancellationToken cancellationToken) => throw Unused();

    ValueTask<DateTimeOffset?> IWorkflowIndex.FirstDueAsync(CancellationToken cancellationToken) => throw Unused();

    ValueTask<ImmutableArray<DeadLetter>> IWorkflowIndex.DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken) => throw Unused();

    ValueTask<DeadLetter?> IWorkflowIndex.FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => throw Unused();

    ValueTask<ImmutableArray<Approval>> IWorkflowIndex.ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken) => throw Unused();

    ValueTask<Approval?> IWorkflowIndex.FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => throw Unused();

    ValueTask IWorkflowIndex.MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) => throw Unused();

    private ImmutableArray<WorkflowId> Claim(List<WorkflowId> found, DateTimeOffset now, int limit, WakeRest rest) =>
        [.. found.Where(id => claims.TryClaim(id, version: 1, now, rest)).Take(limit)];

    private static InvalidOperationException Unused() => new("A sweeper asks only for what is due and for orphans.");

    // Continuations then run inside the call that completes them, not on a thread of the test framework's choice.
    private static void Outside(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private sealed class SteppedClock(List<SteppedTimer> timers) : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SteppedTimer(timers) { At = Elapsed + dueTime, Fire = () => callback(state) };
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timers.Add(timer);
            }

            return timer;
        }
    }

    private sealed class SteppedTimer(List<SteppedTimer> timers) : ITimer
    {
        public required TimeSpan At { get; init; }

        public required Action Fire { get; init; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("Nobody here changes a timer.");

        public void Dispose() => timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
