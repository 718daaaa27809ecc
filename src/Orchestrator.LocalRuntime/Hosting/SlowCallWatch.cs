namespace Orchestrator.LocalRuntime;

/// <summary>Finds calls that wait longer than the response timeout, at no cost to those which do not.</summary>
/// <remarks>
/// A call that finishes in its first turn is never seen here. An activation enters itself when something begins to wait
/// in it, once per sweep at most; the sweep visits those, stamps what it sees for the first time, and ends what is old.
/// </remarks>
internal sealed class SlowCallWatch : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeSpan period;
    private readonly ITimer timer;
    private List<Activation> entered = [];

    public SlowCallWatch(LocalSilo silo)
    {
        // The sweep is as fine as the timeout asks for; a second is fine enough for any.
        period = TimeSpan.FromTicks(Math.Clamp(silo.Options.ResponseTimeout.Ticks / 30, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond));
        using (ExecutionContext.SuppressFlow())
        {
            timer = silo.Clock.CreateTimer(static watch => ((SlowCallWatch)watch!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Add(Activation activation)
    {
        lock (gate)
        {
            entered.Add(activation);
            if (entered.Count == 1)
            {
                timer.Change(period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private void Sweep()
    {
        List<Activation> visited;
        lock (gate)
        {
            (visited, entered) = (entered, []);
        }

        foreach (var activation in visited)
        {
            activation.CheckResponseTimes();
        }
    }
}
