namespace Orchestrator.LocalRuntime;

/// <summary>From the first message to the end.</summary>
internal sealed partial class Activation
{
    private Phase phase;
    private volatile bool closed;
    private DeactivationReason? reason;
    private List<IActivationFacet>? facets;
    private List<GrainTimer>? timers;
    private TaskCompletionSource? deactivated;
    private ulong stableId;
    private DateTimeOffset keptUntil;
    private DateTimeOffset lastUsed = silo.Clock.GetUtcNow();

    private enum Phase : byte
    {
        New,
        Activating,
        Active,
        Deactivating,
        Closed,
    }

    public bool IsClosed => closed;

    public bool IsIdle => underWay == 0 && waitingCount == 0 && phase == Phase.Active;

    public Task Deactivated
    {
        get
        {
            var source = Volatile.Read(ref deactivated) ?? Interlocked.CompareExchange(ref deactivated, new(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? deactivated;
            if (closed)
            {
                source.TrySetResult();
            }

            return source.Task;
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (Current == this)
        {
            reason ??= deactivationReason;
        }
        else
        {
            Post(new Signal(self => self.EndFor(deactivationReason)));
        }
    }

    public void DelayDeactivation(TimeSpan timeSpan) =>
        keptUntil = timeSpan < TimeSpan.Zero ? default : timeSpan == Timeout.InfiniteTimeSpan || timeSpan == TimeSpan.MaxValue ? DateTimeOffset.MaxValue : silo.Clock.GetUtcNow() + timeSpan;

    /// <summary>The observers this activation has attached to its stream subscriptions; null until it attaches one.</summary>
    public Dictionary<Guid, object>? StreamObservers { get; set; }

    public void AddFacet(IActivationFacet facet) => (facets ??= new(1)).Add(facet);

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, silo.Clock, callback, options);
        (timers ??= new(1)).Add(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer) => timers?.Remove(timer);

    /// <summary>Called by the collector, from outside: ends the activation if nobody has used it for its age.</summary>
    public void CollectIfIdle(DateTimeOffset now, TimeSpan age)
    {
        if (used)
        {
            (used, lastUsed) = (false, now);
        }
        else if (now - lastUsed >= age)
        {
            Post(new Signal(self => self.CollectIfStillIdle(now)));
        }
    }

    private void CollectIfStillIdle(DateTimeOffset now)
    {
        if (!IsIdle)
        {
            // A request that takes longer than the age is use, up to its end.
            used = true;
        }
        else if (!used && keptUntil <= now)
        {
            reason ??= new(DeactivationReasonCode.ActivationIdle, "Nobody has used the grain for its collection age.");
        }
    }

    /// <summary>The process of this activation is gone, at this very point: nothing of it runs again.</summary>
    public void Crash() => closed = true;

    /// <summary>The same number for the same grain in every run; see <see cref="SimulationTrace"/>.</summary>
    public ulong StableId => stableId != 0 ? stableId : stableId = SimulationTrace.StableHash(grainId.ToString());

    public string DescribeWaiting() => underWay + waitingCount == 0 ? "" :
        $"{grainId}: {string.Join(", ", suspended?.Select(request => request.Method.ToString()) ?? [])} under way, {waitingCount} waiting. ";

    public override string ToString() => grainId.ToString();

    private void EndFor(DeactivationReason because)
    {
        reason ??= because;
        if (phase == Phase.New)
        {
            Close();
        }
    }

    private void BeginActivation()
    {
        phase = Phase.Activating;
        try
        {
            instance = grainClass.Create(this);
            if (facets is null && !grainClass.HasActivation)
            {
                phase = Phase.Active;
            }
            else
            {
                _ = ActivateAsync();
            }
        }
        catch (Exception failure)
        {
            FailActivation(failure);
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            foreach (var facet in facets ?? [])
            {
                await facet.BeforeActivationAsync(silo.Stopping);
            }

            await ((IGrainBase)instance!).OnActivateAsync(silo.Stopping);
            (phase, lastUsed) = (Phase.Active, silo.Clock.GetUtcNow());
        }
        catch (Exception failure)
        {
            FailActivation(failure);
        }
    }

    /// <summary>Whoever waits gets the reason; the next message may try again with a fresh activation.</summary>
    private void FailActivation(Exception failure)
    {
        silo.LogActivationFailed(failure, GrainId.ToString());
        reason = new(DeactivationReasonCode.ActivationFailed, failure, "The grain could not be activated.");
        for (; waitingFirst is { } request; Unlink(request, null))
        {
            request.Fail(failure);
        }

        Close();
    }

    private void BeginDeactivation()
    {
        phase = Phase.Deactivating;
        DisposeTimers();
        if (grainClass.HasDeactivation)
        {
            _ = DeactivateAsync();
        }
        else
        {
            Close();
        }
    }

    private async Task DeactivateAsync()
    {
        try
        {
            await ((IGrainBase)instance!).OnDeactivateAsync(reason!.Value, silo.Stopped);
        }
        catch (Exception failure)
        {
            silo.LogDeactivationFailed(failure, GrainId.ToString());
        }

        Close();
    }

    private void Close()
    {
        DisposeTimers();
        (phase, closed) = (Phase.Closed, true);
        silo.Remove(this);
        try
        {
            (instance as IDisposable)?.Dispose();
        }
        catch (Exception failure)
        {
            silo.LogDeactivationFailed(failure, GrainId.ToString());
        }

        while (waitingFirst is { } request)
        {
            Unlink(request, null);
            silo.Forward(request);
        }

        Volatile.Read(ref deactivated)?.TrySetResult();
    }

    private void DisposeTimers()
    {
        var ending = timers;
        timers = null;
        foreach (var timer in ending ?? [])
        {
            timer.Dispose();
        }
    }

    private void Watch()
    {
        if (!watched)
        {
            watched = true;
            silo.Watch(this);
        }
    }

    /// <summary>Called by the watch over slow calls, from outside.</summary>
    public void CheckResponseTimes() => Post(new Signal(static self => self.ExpireSlowRequests()));

    private void ExpireSlowRequests()
    {
        watched = false;
        var now = silo.Clock.GetTimestamp();
        foreach (var request in suspended ?? [])
        {
            Expire(request, now, "has begun and is not done");
        }

        for (var request = waitingFirst; request is not null; request = (Request?)request.Next)
        {
            Expire(request, now, "waits for its turn");
        }

        if (suspended is { Count: > 0 } || waitingFirst is not null)
        {
            Watch();
        }
    }

    private void Expire(Request request, long now, string where)
    {
        if (request.FirstSeen == 0)
        {
            request.FirstSeen = now;
        }
        else if (silo.Clock.GetElapsedTime(request.FirstSeen, now) >= silo.Options.ResponseTimeout && !request.IsSettled)
        {
            silo.SuspectEscape();
            request.Fail(new TimeoutException($"{request.Method} of grain {GrainId} gave no answer within {silo.Options.ResponseTimeout}; it {where}. {underWay} requests are under way, {waitingCount} wait."));
        }
    }
}
