using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Agents;

/// <summary>The shell of one agent: its declaration, its breakers' ears, its callers' phone. Who may call is decided by <see cref="AgentDesk"/>.</summary>
/// <remarks>
/// The declaration is durable; the desk is not. When this activation is lost, leases are taken up again as their holders renew them, and those who
/// waited ask again. A mark in the record tells the next activation that leases may be out; it then grants nothing until their holders have renewed
/// them. Where one process has the store to itself its calls end with it, and nothing is marked.
/// </remarks>
[Reentrant, RandomPlacement]
public sealed partial class AgentGrain(
    [PersistentState("agent")] IPersistentState<StoredAgent> stored,
    IDeclared<AgentRegistration> declared,
    IHealthProbe probe,
    IProcessEpoch epoch,
    TimeProvider clock,
    IOptions<AgentGrainOptions> options,
    ILogger<AgentGrain> logger) : Grain, IAgentGrain
{
    private readonly AgentDesk desk = new(options.Value.ToPolicy());
    private readonly Admission admission = new();
    private ImmutableArray<AgentRegistration> declaredThen;
    private readonly ChangesInTurn changes = new();
    private AgentRegistration? registration;
    private string version = "";
    private bool marked;

    private string Name => field ??= this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!epoch.IsAlone && stored.State.GrantedBy is not null)
        {
            desk.MayHavePredecessor(clock.GetUtcNow());
        }

        reporter = string.Create(CultureInfo.InvariantCulture, $"{Name}@{epoch.Current}.{clock.GetUtcNow().UtcTicks}");
        Load();
        if (registration is not null)
        {
            await HearBreakersAsync(registration.Instances);
        }

        // Counted from here: what came in meanwhile has waited, renewals behind those who ask.
        if (!epoch.IsAlone && stored.State.GrantedBy is not null)
        {
            desk.MayHavePredecessor(clock.GetUtcNow());
        }
    }

    public async Task<AgentReply> RegisterAsync(AgentRegistration registration, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        var complete = AgentRules.Complete(registration);
        var refusal = complete.Name == Name ? AgentRules.Check(complete)
            : new Refusal("agent.invalid", $"The registration names agent '{complete.Name}', and this is '{Name}'.");
        if (refusal is not null)
        {
            return new AgentReply(null, refusal);
        }

        return await changes.MakeAsync(() => RegisterAsync(complete, StoredAgent.Write(complete), expectedVersion));
    }

    public Task<AgentReply> RemoveAsync(CancellationToken cancellationToken = default) => changes.MakeAsync(async () =>
    {
        if (stored.State.Registration is null)
        {
            return registration is null
                ? new AgentReply(null, new Refusal(AgentFailures.NotFound, $"No agent '{Name}' is registered."))
                : new AgentReply(version, new Refusal("agent.declared", $"Agent '{Name}' is declared by the host's configuration and is removed there."));
        }

        await GrainFactory.AgentDirectory().ForgetAsync(Name, CancellationToken.None);
        await StoreAsync(null, stored.State.Revision);
        return new AgentReply(registration is null ? null : version);
    });

    public async Task<AgentView?> GetAsync(CancellationToken cancellationToken = default)
    {
        await FollowDeclarationAsync();
        return registration is null ? null : View(registration);
    }

    private AgentView View(AgentRegistration registration) => new(
        registration,
        version,
        [.. desk.Instances.Select(seat => new InstanceView(
            seat.Instance, seat.CallsOut, seat.Breaker.Status, seat.Breaker.OpenUntil, seat.Healthy, seat.CheckedAt, seat.AverageSeconds, seat.SuccessRate))],
        desk.CallsOut,
        [.. Enumerable.Range(1, 5).Select(desk.WaitingAt)],
        desk.Calls,
        desk.Failures,
        Declared: stored.State.Registration is null,
        OldestWait: clock.GetUtcNow() is var now && desk.WaitingSince is { } since && since < now ? now - since : TimeSpan.Zero);

    public async Task<Refusal?> AdmitAsync(CancellationToken cancellationToken = default)
    {
        await FollowDeclarationAsync();
        return admission.Ask(Name, registration, desk, clock.GetUtcNow());
    }

    public async Task<SlotReply> AcquireAsync(SlotRequest request, CancellationToken cancellationToken = default)
    {
        await FollowDeclarationAsync();

        // Room under its limits comes first: whoever waited for them with a place here would keep it from others.
        if (registration is { Disabled: null, Limits: { IsDefaultOrEmpty: false } limits } && (request.Limits.IsDefaultOrEmpty || limits.Any(limit => !request.Limits.Contains(limit))))
        {
            return new SlotReply(null, Limits: limits);
        }

        // Written before the first lease of this activation is given, or a successor would not know that there may be one.
        if (!epoch.IsAlone && registration is not null && !marked)
        {
            await MarkAsync(reporter);
            marked = true;
        }

        var ask = new SlotAsk(request.Ticket, request.Caller, request.Priority, request.Group, request.Epoch, request.Owner, request.Host);
        var answer = desk.Acquire(ask, clock.GetUtcNow());
        Settle();
        if (answer.Failure is { } failure)
        {
            AgentMetrics.Refused(Name, failure.Code);
        }
        else if (answer.Wait is { } wait)
        {
            AgentMetrics.Waited(Name, wait.Kind.ToString());
        }

        return new SlotReply(answer.Grant is { } grant ? ToLease(grant) : null, answer.Wait, answer.Failure);
    }

    public Task ReleaseAsync(SlotRelease release, CancellationToken cancellationToken = default)
    {
        desk.Release(release.Ticket, release.Outcome, release.Elapsed, clock.GetUtcNow());
        Settle();
        AgentMetrics.Called(Name, release.Outcome, release.Elapsed);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(string ticket, CancellationToken cancellationToken = default)
    {
        desk.Withdraw(ticket, clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }

    public Task RenewAsync(SlotLease lease, CancellationToken cancellationToken = default)
    {
        desk.Renew(new SlotGrant(lease.Ticket, lease.Caller, lease.Instance, lease.Probe, lease.Epoch, lease.Owner), clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }

    public async Task CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        await FollowDeclarationAsync();
        if (registration?.Health is { } check)
        {
            await Task.WhenAll(desk.TakeDueForCheck(clock.GetUtcNow()).Select(instance => CheckAsync(instance, check, cancellationToken)));
        }
    }

    public Task NoteBreakerAsync(string instance, BreakerView breaker, CancellationToken cancellationToken = default)
    {
        desk.BreakerStands(instance, ToCopy(breaker), clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }

    private async Task<AgentReply> RegisterAsync(AgentRegistration complete, string json, string? expectedVersion)
    {
        // The same again changes nothing, whichever version the sender has seen: it may be the answer that was lost, not the request.
        if (json != stored.State.Registration)
        {
            if (RecordVersion.Stale("agent", Name, version, expectedVersion) is { } stale)
            {
                return new AgentReply(registration is null ? null : version, stale);
            }

            var before = stored.State;
            await StoreAsync(json, before.Revision + 1);
            if (await GrainFactory.AgentDirectory().NoteAsync(complete, CancellationToken.None) is { } refusal)
            {
                await StoreAsync(before.Registration, before.Revision + 1);
                return new AgentReply(null, refusal);
            }

            await HearBreakersAsync(complete.Instances);
            return new AgentReply(version);
        }

        return new AgentReply(version, await GrainFactory.AgentDirectory().NoteAsync(complete, CancellationToken.None));
    }

    private Task<AgentReply> MarkAsync(string? grantedBy) => changes.MakeAsync(async () =>
    {
        if (stored.State.GrantedBy != grantedBy)
        {
            await stored.KeepAsync(new StoredAgent { Registration = stored.State.Registration, Revision = stored.State.Revision, GrantedBy = grantedBy });
        }

        return new AgentReply(version);
    });

    private async Task StoreAsync(string? json, long revision)
    {
        await stored.KeepAsync(new StoredAgent { Registration = json, Revision = revision, GrantedBy = stored.State.GrantedBy });
        Load();
        Settle();
    }

    /// <summary>The host may come to declare the agent differently while it runs; what was registered stands before that.</summary>
    private async ValueTask FollowDeclarationAsync()
    {
        if (declared.All != declaredThen && stored.State.Registration is null)
        {
            Load();
            Settle();
            if (registration is { } now)
            {
                await HearBreakersAsync(now.Instances);
            }
        }
    }

    private void Load()
    {
        declaredThen = declared.All;
        registration = stored.State.Read() ?? declared.Find(Name);
        version = stored.State.Registration is not null ? RecordVersion.Stored('r', stored.State.Revision)
            : registration is null ? ""
            : RecordVersion.Declared(StoredAgent.Write(registration));
        if (registration is null)
        {
            desk.Close(new StepFailure(AgentFailures.NotFound, $"Agent '{Name}' has been removed.", Retryable: false));
        }
        else
        {
            desk.Declare(registration, clock.GetUtcNow());
        }
    }

    private SlotLease ToLease(SlotGrant grant) => new(grant.Ticket, grant.Caller, registration!, grant.Instance, grant.Probe, grant.Epoch, grant.Owner);

    private static BreakerCopy ToCopy(BreakerView breaker) => new(breaker.Status, breaker.OpenUntil, breaker.ByHand, breaker.ConsecutiveFailures);
}
