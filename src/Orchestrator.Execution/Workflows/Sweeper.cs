using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>The waker of last resort: for ever, it wakes what is due and what belongs to a process that is gone.</summary>
/// <remarks>
/// Timers in memory only make waking faster; that every unfinished workflow moves on rests on this loop alone, so nothing ends it but its
/// cancellation. It keeps no memory that matters: what it knows, it reads from the rows that the journal's transactions write.
/// </remarks>
public sealed class Sweeper(
    IWorkflowIndex index,
    IProcessEpoch epoch,
    IWorkflowWaker waker,
    ISweepObserver observer,
    SweepPolicy policy,
    TimeProvider clock,
    Random random)
{
    /// <summary>Workflows whose rest is remembered. Forgetting one only means that it is woken earlier.</summary>
    private const int RestsMax = 10_000;

    private readonly ConcurrentDictionary<WorkflowId, Rest> rests = new();
    private WorkflowId? orphansAfter;

    /// <summary>Sweeps until it is cancelled; then throws <see cref="OperationCanceledException"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var orphansDue = clock.GetUtcNow();
        while (true)
        {
            var began = clock.GetTimestamp();
            var woken = 0;
            var more = false;
            if (clock.GetUtcNow() >= orphansDue)
            {
                var found = await SweepAsync(SweepKind.Orphans, cancellationToken);
                woken += found.Woken;
                more = found.More;
                orphansDue = found.More ? orphansDue : clock.GetUtcNow() + Jittered(policy.OrphansEvery);
            }

            var due = await SweepAsync(SweepKind.Due, cancellationToken);
            woken += due.Woken;
            more |= due.More;

            // A full batch is followed at once, but never faster than the rate allows.
            var owed = TimeSpan.FromSeconds((double)woken / policy.WakesPerSecond) - clock.GetElapsedTime(began);
            var pause = more ? owed : Longer(owed, Jittered(policy.DueEvery));
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<(int Woken, bool More)> SweepAsync(SweepKind kind, CancellationToken cancellationToken)
    {
        try
        {
            var found = await FindAsync(kind, cancellationToken);
            await WakeAllAsync(found.Workflows, cancellationToken);
            observer.Swept(kind, found.Workflows.Length);
            return (found.Workflows.Length, found.More);
        }
        catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, a sweeper that ended would leave workflows asleep for ever.
            observer.SweepFailed(kind, cause);
            return (0, false);
        }
    }

    private async Task<(ImmutableArray<WorkflowId> Workflows, bool More)> FindAsync(SweepKind kind, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (kind == SweepKind.Due)
        {
            // Those at rest come first in every answer, being the most overdue; asking for so many more keeps them from hiding the others.
            var resting = rests.Count;
            var due = await index.DueAsync(now, policy.WakesPerSweep + resting, cancellationToken);
            ForgetRestsOf(due, now, complete: due.Length < policy.WakesPerSweep + resting);
            var ready = due.Where(workflow => !IsAtRest(workflow, now)).Take(policy.WakesPerSweep).ToImmutableArray();
            return (ready, ready.Length == policy.WakesPerSweep);
        }

        var page = await index.OrphansAsync(epoch.Current, orphansAfter, policy.WakesPerSweep, cancellationToken);
        var more = page.Length == policy.WakesPerSweep;
        orphansAfter = more ? page[^1] : null;
        return ([.. page.Where(workflow => !IsAtRest(workflow, now))], more);
    }

    private async Task WakeAllAsync(ImmutableArray<WorkflowId> workflows, CancellationToken cancellationToken)
    {
        var queue = new ConcurrentQueue<WorkflowId>(workflows);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(policy.Concurrency, workflows.Length)).Select(_ => WakeFromAsync(queue, cancellationToken)));
    }

    private async Task WakeFromAsync(ConcurrentQueue<WorkflowId> queue, CancellationToken cancellationToken)
    {
        while (queue.TryDequeue(out var workflow))
        {
            // Set before the wake: one that has moved on will not be found again, and one that has not must not be woken in every look.
            LetRest(workflow);
            using var patience = new CancellationTokenSource(policy.WakePatience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await waker.WakeAsync(workflow, either.Token);
            }
            catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
            {
                observer.WakeFailed(workflow, cause);
            }
        }
    }

    private bool IsAtRest(WorkflowId workflow, DateTimeOffset now) => rests.TryGetValue(workflow, out var rest) && rest.Until > now;

    private void LetRest(WorkflowId workflow)
    {
        var before = rests.TryGetValue(workflow, out var rest) ? rest.Length : TimeSpan.Zero;
        var length = before == TimeSpan.Zero ? policy.RestFirst : TimeSpan.FromTicks(Math.Min(before.Ticks * 2, policy.RestMax.Ticks));
        if (before > TimeSpan.Zero || rests.Count < RestsMax)
        {
            rests[workflow] = new Rest(clock.GetUtcNow() + length, length);
        }
    }

    // A workflow that is no longer due has moved on; when it is due again, it is a new matter. A rest that ended long ago tells nothing either.
    private void ForgetRestsOf(ImmutableArray<WorkflowId> due, DateTimeOffset now, bool complete)
    {
        var still = complete ? due.ToHashSet() : null;
        foreach (var (workflow, rest) in rests)
        {
            if ((still is not null && !still.Contains(workflow)) || rest.Until + policy.RestMax < now)
            {
                rests.TryRemove(workflow, out _);
            }
        }
    }

    // Up to a tenth earlier or later, so that several processes do not look at the same moment.
    private TimeSpan Jittered(TimeSpan span) => span * (0.9 + (0.2 * random.NextDouble()));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private readonly record struct Rest(DateTimeOffset Until, TimeSpan Length);
}
