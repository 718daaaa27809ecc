namespace Orchestrator.Grains.Activations;

/// <summary>The one time at which an activation comes back to look. While it is set the activation is not collected.</summary>
/// <remarks>It is in memory alone: what must happen after a crash too needs a due time in a row, or a reminder.</remarks>
internal sealed class Alarm(IGrainBase grain, TimeProvider clock, Func<CancellationToken, Task> ring)
{
    private IGrainTimer? timer;
    private DateTimeOffset? setFor;

    /// <summary>Rings at this time, or before it where it was set for earlier: whoever is woken early finds nothing to do and sets it again.</summary>
    public void Set(DateTimeOffset at)
    {
        if (setFor <= at)
        {
            return;
        }

        // Rounded up to the millisecond timers count in, or an early alarm would set itself again and again.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((at - clock.GetUtcNow()).TotalMilliseconds)));
        setFor = at;
        if (timer is null)
        {
            timer = grain.RegisterGrainTimer(RingAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }
        else
        {
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Clear()
    {
        timer?.Dispose();
        timer = null;
        setFor = null;
    }

    private Task RingAsync(CancellationToken cancellationToken)
    {
        setFor = null;
        return ring(cancellationToken);
    }
}
