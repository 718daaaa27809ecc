using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>The waker of last resort: for ever, it wakes what is due and what belongs to a process that is gone.</summary>
/// <remarks>
/// Timers in memory only make waking faster; that every unfinished workflow moves on rests on this loop alone, so nothing ends it but its
/// cancellation. It keeps no memory: what it knows, it reads from the rows that the journal's transactions write, and the store sees to it that
/// several sweepers do not wake the same workflow, nor one of them the same in every look. Every silo runs one, and its rates are of that silo: three
/// silos may push three times as hard.
/// </remarks>
public sealed class Sweeper(
    IWorkflowIndex index,
    IWorkflowWaker waker,
    ISweepObserver observer,
    SweepPolicy policy,
    TimeProvider clock,
    Random random)
{
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
        var rest = new WakeRest(policy.RestFirst, policy.RestMax);
        var found = kind == SweepKind.Due
            ? await index.ClaimDueAsync(now, policy.WakesPerSweep, rest, cancellationToken)
            : await index.ClaimOrphansAsync(now, policy.WakesPerSweep, rest, cancellationToken);
        return (found, found.Length == policy.WakesPerSweep);
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

    // Up to a tenth earlier or later, so that several processes do not look at the same moment.
    private TimeSpan Jittered(TimeSpan span) => span * (0.9 + (0.2 * random.NextDouble()));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
