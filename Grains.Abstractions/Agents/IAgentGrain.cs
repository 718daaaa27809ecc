using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Agents;

/// <summary>One agent: its registration, its queue of five priorities, its limits and its instances. The key is the agent's name.</summary>
[Alias("agent")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>Declares the agent, or changes its declaration. Durable when the task completes; the same registration again changes nothing.</summary>
    /// <param name="expectedVersion">The version to replace; null for whichever there is. Another version is refused with <c>agent.version</c>.</param>
    [Alias("register")]
    Task<AgentReply> RegisterAsync(AgentRegistration registration, string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Forgets a registered agent. Calls under way finish; waiting ones are refused with <c>agent.not_found</c>.</summary>
    [Alias("remove")]
    Task<AgentReply> RemoveAsync(CancellationToken cancellationToken = default);

    /// <summary>The agent as it stands; null when nobody declared it.</summary>
    [Alias("get")]
    Task<AgentView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks at the door whether new work for this agent is taken now: the agent can be called, an instance takes calls, its queue has room, its rate allows it. Null says yes.</summary>
    /// <remarks>A yes costs one token of the door's own bucket, each time it is asked for. It promises nothing of how long the work will wait.</remarks>
    [Alias("admit")]
    Task<Refusal?> AdmitAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks for room for one call. Granted at once, or queued by priority and granted later through <c>IStepGrain.SlotGrantedAsync</c>.</summary>
    /// <remarks>Asking again with the same ticket gives the same lease, or the present place in the queue.</remarks>
    [Alias("acquire")]
    Task<SlotReply> AcquireAsync(SlotRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives the room back and tells how the call went. A lease that is not out is ignored.</summary>
    [Alias("release")]
    Task ReleaseAsync(SlotRelease release, CancellationToken cancellationToken = default);

    /// <summary>Leaves the queue, or gives back a lease whose call was never made.</summary>
    [Alias("withdraw")]
    Task WithdrawAsync(string ticket, CancellationToken cancellationToken = default);

    /// <summary>Says that a call is still under way. A lease that the agent has forgotten, because it moved or restarted, is taken up again.</summary>
    [Alias("renew")]
    Task RenewAsync(SlotLease lease, CancellationToken cancellationToken = default);

    /// <summary>Asks those instances whose check is due whether they are well. Called again and again by every silo; what is not due is not asked.</summary>
    [Alias("check-health")]
    Task CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Where the breaker of one instance stands now. Sent by the breaker when a person has opened or closed it.</summary>
    [Alias("note-breaker")]
    Task NoteBreakerAsync(string instance, BreakerView breaker, CancellationToken cancellationToken = default);
}

/// <param name="Version">Changes with every registration: the strong ETag of the API.</param>
[GenerateSerializer, Immutable, Alias("agent-reply")]
public sealed record AgentReply([property: Id(0)] string? Version, [property: Id(1)] Refusal? Refusal = null);

/// <summary>Asks for room for one attempt.</summary>
/// <param name="Ticket">Names the attempt: the same attempt always asks with the same ticket.</param>
/// <param name="Caller">The key of the step grain to call back.</param>
/// <param name="Group">Whom fairness treats as one: calls of different groups take turns within a priority.</param>
/// <param name="Epoch">The process start that owns the attempt; its leases end when a later start of the same owner is seen.</param>
/// <param name="Owner">The process that owns the attempt, by a name that outlives its restarts.</param>
/// <param name="Limits">The named limits under which the attempt has room.</param>
/// <param name="Host">The machine that makes the call, as endpoints of agents name it; empty when it is not known.</param>
[GenerateSerializer, Immutable, Alias("slot-request")]
public sealed record SlotRequest(
    [property: Id(0)] string Ticket,
    [property: Id(1)] string Caller,
    [property: Id(2)] int Priority,
    [property: Id(3)] string Group,
    [property: Id(4)] long Epoch,
    [property: Id(5)] string Owner = "",
    [property: Id(6)] ImmutableArray<string> Limits = default,
    [property: Id(7)] string Host = "");

/// <summary>A lease, a place in the queue with what holds it up, or why there is neither.</summary>
/// <param name="Limits">Set, and nothing else, when the agent's named limits are not all among those of the request: room under them comes first.</param>
[GenerateSerializer, Immutable, Alias("slot-reply")]
public sealed record SlotReply(
    [property: Id(0)] SlotLease? Lease,
    [property: Id(1)] Wait? Wait = null,
    [property: Id(2)] StepFailure? Failure = null,
    [property: Id(3)] ImmutableArray<string> Limits = default);

/// <summary>Room for one call at one instance, until it is released or not renewed in time.</summary>
/// <param name="Registration">The agent as it was declared when the lease was given.</param>
[GenerateSerializer, Immutable, Alias("slot-lease")]
public sealed record SlotLease(
    [property: Id(0)] string Ticket,
    [property: Id(1)] string Caller,
    [property: Id(2)] AgentRegistration Registration,
    [property: Id(3)] AgentInstance Instance,
    [property: Id(4)] bool Probe,
    [property: Id(5)] long Epoch,
    [property: Id(6)] string Owner = "");

/// <param name="Outcome">What the breaker counts: see <see cref="CallOutcome"/>.</param>
[GenerateSerializer, Immutable, Alias("slot-release")]
public sealed record SlotRelease([property: Id(0)] string Ticket, [property: Id(1)] CallOutcome Outcome, [property: Id(2)] TimeSpan Elapsed);

/// <summary>An agent as its readers see it.</summary>
/// <param name="OldestWait">How long the call has waited that waits longest for room; zero when none does.</param>
[GenerateSerializer, Immutable, Alias("agent-view")]
public sealed record AgentView(
    [property: Id(0)] AgentRegistration Registration,
    [property: Id(1)] string Version,
    [property: Id(2)] ImmutableArray<InstanceView> Instances,
    [property: Id(3)] int CallsOut,
    [property: Id(4)] ImmutableArray<int> Queued,
    [property: Id(5)] long Calls,
    [property: Id(6)] long Failures,
    [property: Id(7)] bool Declared,
    [property: Id(8)] TimeSpan OldestWait = default);

/// <param name="Healthy">As its checks tell; true where there are none.</param>
/// <param name="CheckedAt">When it was last asked; null when it is not, or not yet.</param>
/// <param name="AverageSeconds">Of its latest calls since this activation of the agent; null before the first.</param>
/// <param name="SuccessRate">Likewise, 0 to 1.</param>
[GenerateSerializer, Immutable, Alias("instance-view")]
public sealed record InstanceView(
    [property: Id(0)] AgentInstance Instance,
    [property: Id(1)] int CallsOut,
    [property: Id(2)] BreakerStatus Breaker,
    [property: Id(3)] DateTimeOffset? OpenUntil,
    [property: Id(4)] bool Healthy = true,
    [property: Id(5)] DateTimeOffset? CheckedAt = null,
    [property: Id(6)] double? AverageSeconds = null,
    [property: Id(7)] double? SuccessRate = null);
