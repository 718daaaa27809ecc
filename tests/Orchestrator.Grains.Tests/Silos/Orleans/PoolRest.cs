[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Orchestrator.Grains.Tests.Silos;

/// <summary>Tells when nothing runs on the thread pool any more, and so no grain has anything to do until time passes.</summary>
/// <remarks>A process has one pool, so tests that ask this run one after the other.</remarks>
internal static class PoolRest
{
    private const int CalmBreaths = 3;
    private const int StuckBreaths = 25;
    private const int BreathsMax = 1_000;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(1);
    private static readonly ManualResetEventSlim Never = new();

    // Some threads of the pool serve the test runner all the time; the fewest ever seen busy are those.
    private static int busyAlways = int.MaxValue;

    /// <summary>Returns when the pool rests; after a second or two in any case.</summary>
    /// <remarks>A thread that is busy and finishes nothing for many breaths waits for something itself, and is not waited for.</remarks>
    public static void Await()
    {
        var (calm, still, finished) = (0, 0, -1L);
        for (var breath = 0; calm < CalmBreaths && still < StuckBreaths && breath < BreathsMax; breath++)
        {
            Never.Wait(Breath);
            ThreadPool.GetMaxThreads(out var all, out _);
            ThreadPool.GetAvailableThreads(out var free, out _);
            var (busy, now) = (all - free, ThreadPool.CompletedWorkItemCount);
            busyAlways = Math.Min(busyAlways, busy);
            still = ThreadPool.PendingWorkItemCount == 0 && now == finished ? still + 1 : 0;
            calm = still > 0 && busy <= busyAlways ? calm + 1 : 0;
            finished = now;
        }
    }
}
