using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Grains.Steps;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>What the desk asks of the world: telling callers, asking breakers, coming back in time.</summary>
public sealed partial class AgentGrain
{
    /// <summary>How often a message to a step or a breaker is tried. What is lost after that heals by itself: a lease ends by silence, a step asks again.</summary>
    private const int TriesMax = 3;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>While anything is out or waits, this activation looks around at least so often, which also keeps it from being collected.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly List<Task> messages = [];
    private int sweepAt = 64;
    private string reporter = "";
    private long reports;
    private IGrainTimer? timer;
    private DateTimeOffset? armedFor;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        timer?.Dispose();
        await Task.WhenAll(messages).WaitAsync(cancellationToken);
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
            Track(effect switch
            {
                DeskEffect.TellGranted told => TellGrantedAsync(told.Grant),
                DeskEffect.TellRefused told => SendAsync(told.Caller, () => GrainFactory.GetGrain<IStepGrain>(told.Caller).SlotRefusedAsync(told.Ticket, told.Failure)),
                DeskEffect.AskProbe ask => AskProbeAsync(ask),
                DeskEffect.ReportCall report => ReportAsync(report),
                _ => throw new InvalidOperationException($"An agent does not know the effect {effect.GetType().Name}."),
            });
        }

        Arm();
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

    private Task TellGrantedAsync(SlotGrant grant)
    {
        var lease = ToLease(grant);
        return SendAsync(grant.Caller, () => desk.MayTell(grant, clock.GetUtcNow())
            ? GrainFactory.GetGrain<IStepGrain>(grant.Caller).SlotGrantedAsync(lease)
            : Task.CompletedTask);
    }

    private async Task AskProbeAsync(DeskEffect.AskProbe ask)
    {
        BreakerPermission? permission = null;
        await SendAsync("a breaker", async () => permission = await GrainFactory.Breaker(Name, ask.Endpoint).TryProbeAsync(ask.Ticket, Policy));
        desk.ProbeAnswered(
            ask.Ticket, ask.Endpoint, permission is { Granted: true }, permission is null ? null : ToCopy(permission.Breaker), clock.GetUtcNow());
        Settle();
    }

    private async Task ReportAsync(DeskEffect.ReportCall call)
    {
        var report = new BreakerReport(reporter, ++reports, call.Ticket, call.Outcome, Policy);
        BreakerView? view = null;
        await SendAsync("a breaker", async () => view = await GrainFactory.Breaker(Name, call.Endpoint).ReportAsync(report));
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
            await SendAsync("a breaker", async () => view = await GrainFactory.Breaker(Name, instance.Endpoint).GetAsync());
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
        if (desk.IsIdle)
        {
            return;
        }

        // A busy agent would set its alarm anew with every call. An alarm set for later than needed is moved; one set earlier just finds nothing to do.
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
        desk.Advance(clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }
}
