using Orchestrator.Decisions.Limits;
using Orchestrator.Grains.Steps;

namespace Orchestrator.Grains.Limits;

/// <summary>What the desk asks of the world: telling callers, coming back in time.</summary>
public sealed partial class LimitGrain
{
    /// <summary>How often a message to a step is tried. What is lost after that heals by itself: a lease ends by silence, a step asks again.</summary>
    private const int TriesMax = 3;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>While anything is out, waits, or has been used up, this activation looks around at least so often, which also keeps it from being collected.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly List<Task> messages = [];
    private int sweepAt = 64;
    private IGrainTimer? timer;
    private DateTimeOffset? armedFor;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        timer?.Dispose();
        await Task.WhenAll(messages).WaitAsync(cancellationToken);
        if (marked && desk.IsIdle)
        {
            await InTurnAsync(LeaveAsync);
        }
    }

    // The next activation goes on where this one ends. A mark that stays costs its first callers some time, and nothing else.
    private async Task<LimitChange> LeaveAsync()
    {
        try
        {
            var now = clock.GetUtcNow();
            await WriteAsync(stored.State.With(null, now, [.. desk.PoolsInUseAt(now).Select(pool => new StoredLimit.Level { Pool = pool.Pool, Requests = pool.RequestsLeft, Tokens = pool.TokensLeft })]));
        }
        catch (Exception exception)
        {
            LogMessageFailed(exception, Name, "its record", attempt: 1, attemptsMax: 1);
        }

        return new LimitChange(version);
    }

    /// <summary>Begins what the desk wants done and sets the time to come back.</summary>
    private void Settle()
    {
        Begin();
        Arm();
    }

    private void Begin()
    {
        while (desk.TryTake(out var effect))
        {
            Track(effect switch
            {
                LimitEffect.TellGranted told => TellGrantedAsync(told.Grant),
                LimitEffect.TellRefused told => TellRefusedAsync(told),
                _ => throw new InvalidOperationException($"A limit does not know the effect {effect.GetType().Name}."),
            });
        }
    }

    private Task TellGrantedAsync(LimitGrant grant) => SendAsync(grant.Caller, () => desk.MayTell(grant, clock.GetUtcNow())
        ? GrainFactory.GetGrain<IStepGrain>(grant.Caller).LimitGrantedAsync(ToLease(grant))
        : Task.CompletedTask);

    private Task TellRefusedAsync(LimitEffect.TellRefused told)
    {
        LimitMetrics.Refused(Name, told.Failure.Code);
        return SendAsync(told.Caller, () => GrainFactory.GetGrain<IStepGrain>(told.Caller).LimitRefusedAsync(Name, told.Ticket, told.Failure));
    }

    // Not awaited by the message that caused it: a caller must not wait for another caller. Each catches its own failure, and the end waits for all.
    private void Track(Task message)
    {
        if (message.IsCompleted)
        {
            return;
        }

        if (messages.Count >= sweepAt)
        {
            messages.RemoveAll(sent => sent.IsCompleted);
            sweepAt = Math.Max(64, messages.Count * 2);
        }

        messages.Add(message);
    }

    private async Task SendAsync(string to, Func<Task> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await send();
                return;
            }
            catch (Exception exception)
            {
                LogMessageFailed(exception, Name, to, attempt, TriesMax);
                if (attempt == TriesMax)
                {
                    return;
                }
            }

            await Task.Delay(TryAgainAfter, clock, CancellationToken.None);
        }
    }

    private void Arm()
    {
        // A busy limit would set its alarm anew with every call. An alarm set for later than needed is moved; one set earlier just finds nothing to do.
        var now = clock.GetUtcNow();
        var at = desk.NextAt(now) is { } next && next < now + LookEvery ? next : now + LookEvery;
        if (armedFor <= at)
        {
            return;
        }

        // Rounded up to the millisecond timers count in, or an early alarm would set itself again and again.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((at - now).TotalMilliseconds)));
        armedFor = at;
        if (timer is null)
        {
            timer = this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }
        else
        {
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private Task LookAsync(CancellationToken cancellationToken)
    {
        armedFor = null;
        var now = clock.GetUtcNow();
        desk.Advance(now);
        Begin();
        if (!desk.IsAtRest(now))
        {
            Arm();
        }

        return Task.CompletedTask;
    }
}
