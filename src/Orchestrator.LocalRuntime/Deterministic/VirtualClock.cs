namespace Orchestrator.LocalRuntime;

/// <summary>Simulated time. It stands still while anything can run, and then jumps to the next thing that is due.</summary>
internal sealed class VirtualClock(SimulatedCluster cluster, DateTimeOffset start)
{
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> pending = new();
    private long order;

    public long Now { get; private set; } = start.Ticks;

    /// <summary>Moves time to the next due timer, but not past the limit. False if there is none before it.</summary>
    public bool JumpToNext(long limit)
    {
        while (pending.TryPeek(out var timer, out var at))
        {
            if (timer.IsStale(at.Order))
            {
                pending.Dequeue();
                continue;
            }

            if (at.Due > limit)
            {
                return false;
            }

            Now = Math.Max(Now, at.Due);

            // All that is due at this instant becomes runnable together, so that chance orders it.
            while (pending.TryPeek(out timer, out at) && at.Due <= Now)
            {
                pending.Dequeue();
                if (!timer.IsStale(at.Order))
                {
                    timer.BecomeDue();
                    cluster.Runnable(timer);
                }
            }

            return true;
        }

        return false;
    }

    public void MoveTo(long time) => Now = Math.Max(Now, time);

    public long Enter(VirtualTimer timer, long due)
    {
        pending.Enqueue(timer, (due, ++order));
        return order;
    }
}

/// <summary>The clock of one simulated process. Its timers die with the process.</summary>
internal sealed class ProcessClock(SimulatedCluster cluster, VirtualClock clock) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public bool IsDead { get; set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        cluster.RequireOwnThread("the time was asked for");
        cluster.NoteAsk();
        return new(clock.Now, TimeSpan.Zero);
    }

    public override long GetTimestamp()
    {
        cluster.NoteAsk();
        return clock.Now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        cluster.RequireOwnThread("a timer was made", callback.Method);
        cluster.NoteAsk();
        var timer = new VirtualTimer(cluster, this, clock, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

internal sealed class VirtualTimer(SimulatedCluster cluster, ProcessClock process, VirtualClock clock, TimerCallback callback, object? state) : ITimer, IThreadPoolWorkItem
{
    private readonly ExecutionContext? ambient = ExecutionContext.Capture();
    private long entry;
    private long periodTicks;
    private bool due;
    private bool disposed;

    public bool IsStale(long order) => order != entry || process.IsDead;

    public void BecomeDue()
    {
        (due, entry) = (true, 0);
        if (periodTicks > 0)
        {
            entry = clock.Enter(this, clock.Now + periodTicks);
        }
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        cluster.RequireOwnThread("a timer was changed", callback.Method);
        if (disposed)
        {
            return false;
        }

        due = false;
        periodTicks = period > TimeSpan.Zero ? period.Ticks : 0;
        entry = dueTime < TimeSpan.Zero ? 0 : clock.Enter(this, clock.Now + dueTime.Ticks);
        return true;
    }

    public void Execute()
    {
        if (!due || process.IsDead)
        {
            // It was changed, disposed or lost between its instant and its turn.
            return;
        }

        due = false;
        cluster.Trace.Note(TraceKind.Timer, clock.Now);
        if (ambient is null)
        {
            callback(state);
        }
        else
        {
            ExecutionContext.Run(ambient, _ => callback(state), null);
        }
    }

    public override string ToString() => $"a timer of {SimulatedExecutor.Name(callback.Method)}";

    public void Dispose() => (entry, due, periodTicks, disposed) = (0, false, 0, true);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
