namespace Orchestrator.LocalRuntime;

/// <summary>Turns ticks of the clock into requests to the grain's own activation.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation activation;
    private readonly Func<CancellationToken, Task> callback;
    private readonly GrainTimerCreationOptions options;
    private readonly CancellationTokenSource ended = new();
    private readonly ITimer clock;
    private TimeSpan period;
    private bool ticking;
    private TimeSpan? changedTo;

    public GrainTimer(Activation activation, TimeProvider time, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (this.activation, this.callback, this.options) = (activation, callback, options);

        // A clock remembers the ambient values of whoever makes it; a tick is nobody's call.
        using (ExecutionContext.SuppressFlow())
        {
            clock = time.CreateTimer(static timer => ((GrainTimer)timer!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfOutOfRange(dueTime, nameof(dueTime));
        ThrowIfOutOfRange(period, nameof(period));
        this.period = period;
        if (ticking)
        {
            changedTo = dueTime;
        }
        else
        {
            Wait(dueTime);
        }
    }

    public void Dispose()
    {
        if (!ended.IsCancellationRequested)
        {
            ended.Cancel();
            clock.Dispose();
            activation.Forget(this);
        }
    }

    public async Task TickAsync()
    {
        if (ended.IsCancellationRequested)
        {
            return;
        }

        (ticking, changedTo) = (true, null);
        try
        {
            await callback(ended.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ended.IsCancellationRequested)
        {
            activation.Silo.LogTimerFailed(failure, activation.GrainId.ToString());
        }
        catch (OperationCanceledException)
        {
            // The timer was disposed while its callback ran, and the callback took the hint.
        }
        finally
        {
            ticking = false;
        }

        if (!ended.IsCancellationRequested)
        {
            Wait(changedTo ?? period);
        }
    }

    // Another tick is asked for only after this one ran, so a slow grain never has two of them in its queue.
    private void Due() => activation.Accept(new TimerTick(this, options.Interleave, options.KeepAlive) { Target = activation.GrainId });

    private void Wait(TimeSpan time) => clock.Change(time, Timeout.InfiniteTimeSpan);

    private static void ThrowIfOutOfRange(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A timer waits zero or more, or for ever (Timeout.InfiniteTimeSpan).");
        }
    }
}

/// <summary>One tick, queued like any request.</summary>
internal sealed class TimerTick(GrainTimer timer, bool interleaves, bool keepsAlive) : TaskRequest
{
    private static readonly GrainMethod InTurn = new(typeof(IGrainTimer), "Tick", GrainMethodOptions.None);
    private static readonly GrainMethod Interleaving = new(typeof(IGrainTimer), "Tick", GrainMethodOptions.AlwaysInterleave);

    public bool KeepsAlive => keepsAlive;

    public override GrainMethod Method => interleaves ? Interleaving : InTurn;

    public override int GetArgumentCount() => 0;

    public override object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index), index, "A tick has no arguments.");

    protected override Task Call(object grain) => timer.TickAsync();
}
