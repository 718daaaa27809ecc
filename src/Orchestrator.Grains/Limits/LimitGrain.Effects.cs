using Orchestrator.Decisions.Limits;
using Orchestrator.Grains.Activations;
using Orchestrator.Grains.Records;
using Orchestrator.Grains.Steps;

namespace Orchestrator.Grains.Limits;

/// <summary>What the desk asks of the world: telling callers, coming back in time.</summary>
public sealed partial class LimitGrain
{
    /// <summary>While anything is out, waits, or has been used up, this activation looks around at least so often, which also keeps it from being collected.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Alarm.Clear();
        await Errands.EndAsync(cancellationToken);
        if (marked && desk.IsIdle)
        {
            await changes.MakeAsync(LeaveAsync);
        }
    }

    // The next activation goes on where this one ends. A mark that stays costs its first callers some time, and nothing else.
    private async Task<LimitChange> LeaveAsync()
    {
        try
        {
            var now = clock.GetUtcNow();
            await stored.KeepAsync(stored.State.LeftWith(now, [.. desk.PoolsInUseAt(now).Select(pool => new StoredLimit.Level { Pool = pool.Pool, Requests = pool.RequestsLeft, Tokens = pool.TokensLeft })]));
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
            Errands.Run(effect switch
            {
                LimitEffect.TellGranted told => TellGrantedAsync(told.Grant),
                LimitEffect.TellRefused told => TellRefusedAsync(told),
                _ => throw new InvalidOperationException($"A limit does not know the effect {effect.GetType().Name}."),
            });
        }
    }

    private Task TellGrantedAsync(LimitGrant grant) => Errands.SendAsync(grant.Caller, async () =>
    {
        await KeepAsync(grant.Pool);
        if (desk.MayTell(grant, clock.GetUtcNow()))
        {
            await GrainFactory.GetGrain<IStepGrain>(grant.Caller).LimitGrantedAsync(ToLease(grant));
        }
    });

    private Task TellRefusedAsync(LimitEffect.TellRefused told)
    {
        LimitMetrics.Refused(Name, told.Failure.Code);
        return Errands.SendAsync(told.Caller, () => GrainFactory.GetGrain<IStepGrain>(told.Caller).LimitRefusedAsync(Name, told.Ticket, told.Failure));
    }

    private Errands Errands => field ??= new(clock, (failure, to, attempt) => LogMessageFailed(failure, Name, to, attempt, Errands.TriesMax));

    private Alarm Alarm => field ??= new(this, clock, LookAsync);

    private void Arm()
    {
        var now = clock.GetUtcNow();
        Alarm.Set(desk.NextAt(now) is { } next && next < now + LookEvery ? next : now + LookEvery);
    }

    private Task LookAsync(CancellationToken cancellationToken)
    {
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
