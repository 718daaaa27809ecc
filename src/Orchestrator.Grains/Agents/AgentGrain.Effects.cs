using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Grains.Activations;
using Orchestrator.Grains.Steps;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>What the desk asks of the world: telling callers, asking breakers, coming back in time.</summary>
public sealed partial class AgentGrain
{
    /// <summary>While anything is out or waits, this activation looks around at least so often, which also keeps it from being collected.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private string reporter = "";
    private long reports;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Alarm.Clear();
        await Errands.EndAsync(cancellationToken);
        if (stored.State.GrantedBy == reporter && desk.IsIdle)
        {
            await UnmarkAsync();
        }
    }

    // The next activation need not wait for anybody then. A mark that stays costs its first callers a few seconds, and nothing else.
    private async Task UnmarkAsync()
    {
        try
        {
            await MarkAsync(grantedBy: null);
        }
        catch (Exception exception)
        {
            LogMessageFailed(exception, Name, "its record", attempt: 1, attemptsMax: 1);
        }
    }

    /// <summary>Begins what the desk wants done and sets the time to come back.</summary>
    private void Settle()
    {
        while (desk.TryTake(out var effect))
        {
            Errands.Run(effect switch
            {
                DeskEffect.TellGranted told => TellGrantedAsync(told.Grant),
                DeskEffect.TellRefused told => Errands.SendAsync(told.Caller, () => GrainFactory.GetGrain<IStepGrain>(told.Caller).SlotRefusedAsync(told.Ticket, told.Failure)),
                DeskEffect.AskProbe ask => AskProbeAsync(ask),
                DeskEffect.ReportCall report => ReportAsync(report),
                _ => throw new InvalidOperationException($"An agent does not know the effect {effect.GetType().Name}."),
            });
        }

        Arm();
    }

    private Task TellGrantedAsync(SlotGrant grant)
    {
        var lease = ToLease(grant);
        return Errands.SendAsync(grant.Caller, () => desk.MayTell(grant, clock.GetUtcNow())
            ? GrainFactory.GetGrain<IStepGrain>(grant.Caller).SlotGrantedAsync(lease)
            : Task.CompletedTask);
    }

    private async Task AskProbeAsync(DeskEffect.AskProbe ask)
    {
        BreakerPermission? permission = null;
        await Errands.SendAsync("a breaker", async () => permission = await GrainFactory.Breaker(Name, ask.Endpoint).TryProbeAsync(ask.Ticket, Policy));
        desk.ProbeAnswered(
            ask.Ticket, ask.Endpoint, permission is { Granted: true }, permission is null ? null : ToCopy(permission.Breaker), clock.GetUtcNow());
        Settle();
    }

    private async Task ReportAsync(DeskEffect.ReportCall call)
    {
        var report = new BreakerReport(reporter, ++reports, call.Ticket, call.Outcome, Policy);
        BreakerView? view = null;
        await Errands.SendAsync("a breaker", async () => view = await GrainFactory.Breaker(Name, call.Endpoint).ReportAsync(report));
        if (view is not null)
        {
            desk.BreakerStands(call.Endpoint, ToCopy(view), clock.GetUtcNow());
            Settle();
        }
    }

    private async Task HearBreakersAsync(ImmutableArray<AgentInstance> instances)
    {
        await Task.WhenAll(instances.Select(async instance =>
        {
            BreakerView? view = null;
            await Errands.SendAsync("a breaker", async () => view = await GrainFactory.Breaker(Name, instance.Endpoint).GetAsync());
            if (view is not null)
            {
                desk.BreakerStands(instance.Endpoint, ToCopy(view), clock.GetUtcNow());
            }
        }));
        Settle();
    }

    private async Task CheckAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken)
    {
        var well = await probe.IsWellAsync(instance, check, cancellationToken);
        if (desk.HealthSeen(instance.Endpoint, well, clock.GetUtcNow()))
        {
            LogHealthTurned(Name, instance.Endpoint, well ? "healthy" : "unhealthy");
            Settle();
        }
    }

    private BreakerPolicy Policy => registration?.Breaker ?? new BreakerPolicy();

    private Errands Errands => field ??= new(clock, (failure, to, attempt) => LogMessageFailed(failure, Name, to, attempt, Errands.TriesMax));

    private Alarm Alarm => field ??= new(this, clock, LookAsync);

    private void Arm()
    {
        if (!desk.IsIdle)
        {
            var now = clock.GetUtcNow();
            Alarm.Set(desk.NextAt(now) is { } next && next < now + LookEvery ? next : now + LookEvery);
        }
    }

    private Task LookAsync(CancellationToken cancellationToken)
    {
        desk.Advance(clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }
}
