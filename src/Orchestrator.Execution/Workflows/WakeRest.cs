namespace Orchestrator.Execution.Workflows;

/// <summary>How long a workflow that was given to a waker is left alone, so that one that will not move on is not woken in every look.</summary>
/// <param name="First">After it was given for the first time since its last event. Zero means that it is not left alone at all.</param>
/// <param name="Max">The longest rest: each further one in a row is twice as long as the one before, up to this.</param>
public readonly record struct WakeRest(TimeSpan First, TimeSpan Max)
{
    // 2^30 times the shortest rest there is, a tick, is beyond no Max; and the shift stays in its type.
    private const int DoublingsMax = 30;

    /// <summary>The rest after a workflow has been given <paramref name="times"/> times since its last event, this time included.</summary>
    public TimeSpan After(int times) =>
        TimeSpan.FromTicks((long)Math.Min(Max.Ticks, First.Ticks * (double)(1L << Math.Clamp(times - 1, 0, DoublingsMax))));
}
