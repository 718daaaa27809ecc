using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>Everything that can happen to a workflow, on one screen.</summary>
/// <remarks>
/// The journal holds these and nothing else; a workflow's state is what they add up to. The name beside each case outlives its class. A case may
/// gain members that are optional; a changed meaning is a new case with <c>/2</c>, and <c>/1</c> stays readable.
/// When it happened stands beside the event, in its <see cref="JournalEntry"/>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WorkflowAccepted), "workflow.accepted/1")]
[JsonDerivedType(typeof(WorkflowPaused), "workflow.paused/1")]
[JsonDerivedType(typeof(WorkflowResumed), "workflow.resumed/1")]
[JsonDerivedType(typeof(SignalReceived), "workflow.signal-received/1")]
[JsonDerivedType(typeof(CompensationStarted), "scope.compensation-started/1")]
[JsonDerivedType(typeof(WorkflowCompleted), "workflow.completed/1")]
[JsonDerivedType(typeof(WorkflowFailed), "workflow.failed/1")]
[JsonDerivedType(typeof(WorkflowCancelled), "workflow.cancelled/1")]
[JsonDerivedType(typeof(WorkflowTimedOut), "workflow.timed-out/1")]
[JsonDerivedType(typeof(ScopeStarted), "scope.started/1")]
[JsonDerivedType(typeof(ScopeSettled), "scope.settled/1")]
[JsonDerivedType(typeof(StepStarted), "step.started/1")]
[JsonDerivedType(typeof(StepRepeated), "step.repeated/1")]
[JsonDerivedType(typeof(StepWaiting), "step.waiting/1")]
[JsonDerivedType(typeof(StepWaitEnded), "step.wait-ended/1")]
[JsonDerivedType(typeof(AttemptDeferred), "step.attempt-deferred/1")]
[JsonDerivedType(typeof(HeartbeatReceived), "step.heartbeat-received/1")]
[JsonDerivedType(typeof(ItemsExpanded), "step.items-expanded/1")]
[JsonDerivedType(typeof(AttemptFailed), "step.attempt-failed/1")]
[JsonDerivedType(typeof(RetryScheduled), "step.retry-scheduled/1")]
[JsonDerivedType(typeof(StepRetriedByHand), "step.retried-by-hand/1")]
[JsonDerivedType(typeof(ApprovalDecided), "step.approval-decided/1")]
[JsonDerivedType(typeof(ApprovalVoted), "step.approval-voted/1")]
[JsonDerivedType(typeof(ApprovalEscalated), "step.approval-escalated/1")]
[JsonDerivedType(typeof(ApprovalExpired), "step.approval-expired/1")]
[JsonDerivedType(typeof(StepCompleted), "step.completed/1")]
[JsonDerivedType(typeof(StepFailed), "step.failed/1")]
[JsonDerivedType(typeof(StepTimedOut), "step.timed-out/1")]
[JsonDerivedType(typeof(StepSkipped), "step.skipped/1")]
[JsonDerivedType(typeof(StepCancelled), "step.cancelled/1")]
[JsonDerivedType(typeof(StepCompensated), "step.compensated/1")]
[JsonDerivedType(typeof(LateAnswerKept), "step.late-answer-kept/1")]
[GenerateSerializer, Immutable, Alias("workflow-event")]
public abstract record WorkflowEvent;

/// <summary>We have taken it on. From here on it survives.</summary>
[GenerateSerializer, Immutable, Alias("workflow.accepted/1")]
public sealed record WorkflowAccepted(
    [property: Id(0)] Plan Plan,
    [property: Id(1)] Payload Input,
    [property: Id(2)] int Priority,
    [property: Id(3)] ImmutableSortedDictionary<string, string> Tags,
    [property: Id(4)] WorkflowOrigin? Origin = null,
    [property: Id(5)] string? PlanName = null,
    [property: Id(6)] int? PlanVersion = null,
    [property: Id(7)] string? CallbackUrl = null,
    [property: Id(8)] string? TraceParent = null,
    [property: Id(9)] string? Fingerprint = null) : WorkflowEvent;

/// <summary>What is out may finish; nothing new starts.</summary>
[GenerateSerializer, Immutable, Alias("workflow.paused/1")]
public sealed record WorkflowPaused([property: Id(0)] string By, [property: Id(1)] string? Reason) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("workflow.resumed/1")]
public sealed record WorkflowResumed([property: Id(0)] string By) : WorkflowEvent;

/// <summary>A message came in. It is kept until a step asks for it.</summary>
[GenerateSerializer, Immutable, Alias("workflow.signal-received/1")]
public sealed record SignalReceived([property: Id(0)] string SignalId, [property: Id(1)] string Name, [property: Id(2)] Payload Content) : WorkflowEvent;

/// <summary>A plan has failed and undoes what its completed steps did before it says so.</summary>
[GenerateSerializer, Immutable, Alias("scope.compensation-started/1")]
public sealed record CompensationStarted([property: Id(0)] StepPath Scope, [property: Id(1)] StepFailure Failure) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("workflow.completed/1")]
public sealed record WorkflowCompleted([property: Id(0)] Payload Output) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("workflow.failed/1")]
public sealed record WorkflowFailed([property: Id(0)] StepFailure Failure) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("workflow.cancelled/1")]
public sealed record WorkflowCancelled([property: Id(0)] string By, [property: Id(1)] string? Reason) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("workflow.timed-out/1")]
public sealed record WorkflowTimedOut([property: Id(0)] StepFailure Failure) : WorkflowEvent;

/// <summary>A plan inside the workflow begins: a sub-plan, a fallback, or what runs instead of a step.</summary>
[GenerateSerializer, Immutable, Alias("scope.started/1")]
public sealed record ScopeStarted([property: Id(0)] StepPath Scope, [property: Id(1)] Payload Input) : WorkflowEvent;

/// <summary>A plan inside the workflow, or the root plan before its fallback runs, is over.</summary>
[GenerateSerializer, Immutable, Alias("scope.settled/1")]
public sealed record ScopeSettled(
    [property: Id(0)] StepPath Scope,
    [property: Id(1)] StepStatus Outcome,
    [property: Id(2)] Payload Output = default,
    [property: Id(3)] StepFailure? Failure = null) : WorkflowEvent;

/// <summary>An attempt is owed. Whoever reads this without an outcome behind it performs it, or performs it again.</summary>
/// <param name="Epoch">The process that performs it; when that is gone, the next owner performs it again.</param>
/// <param name="Generation">Grows when a person retries the step; part of the idempotency key.</param>
[GenerateSerializer, Immutable, Alias("step.started/1")]
public sealed record StepStarted(
    [property: Id(0)] StepPath Step, [property: Id(1)] int Attempt, [property: Id(2)] long Epoch, [property: Id(3)] int Generation = 0) : WorkflowEvent;

/// <summary>A process of ours ended while the attempt was out; it is performed again under the same number and key.</summary>
/// <param name="Epoch">The process that performs it now.</param>
/// <param name="Crashes">How many crashes in a row this attempt has seen. A process that left in good order is none.</param>
[GenerateSerializer, Immutable, Alias("step.repeated/1")]
public sealed record StepRepeated(
    [property: Id(0)] StepPath Step, [property: Id(1)] int Attempt, [property: Id(2)] long Epoch, [property: Id(3)] int Crashes) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("step.waiting/1")]
public sealed record StepWaiting([property: Id(0)] StepPath Step, [property: Id(1)] Wait Wait) : WorkflowEvent;

/// <summary>What held the attempt up is gone; its timeout counts from here.</summary>
[GenerateSerializer, Immutable, Alias("step.wait-ended/1")]
public sealed record StepWaitEnded([property: Id(0)] StepPath Step) : WorkflowEvent;

/// <summary>The agent has taken the attempt on and answers later. Nobody of ours holds a call for it: the wait is this record, and its end the deadline.</summary>
/// <param name="Until">When the attempt times out, unless its agent is heard of before.</param>
[GenerateSerializer, Immutable, Alias("step.attempt-deferred/1")]
public sealed record AttemptDeferred(
    [property: Id(0)] StepPath Step, [property: Id(1)] int Attempt, [property: Id(2)] string Agent, [property: Id(3)] DateTimeOffset Until) : WorkflowEvent;

/// <summary>The agent is still at a deferred attempt.</summary>
/// <param name="Until">The deadline from here on.</param>
/// <param name="Progress">0 to 1, as the agent says; null when it does not.</param>
/// <param name="Note">What it is at, for people.</param>
[GenerateSerializer, Immutable, Alias("step.heartbeat-received/1")]
public sealed record HeartbeatReceived(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] int Attempt,
    [property: Id(2)] DateTimeOffset Until,
    [property: Id(3)] double? Progress = null,
    [property: Id(4)] string? Note = null) : WorkflowEvent;

/// <summary>The fan-out has its items; each is a step of its own from here on.</summary>
[GenerateSerializer, Immutable, Alias("step.items-expanded/1")]
public sealed record ItemsExpanded([property: Id(0)] StepPath Step, [property: Id(1)] ImmutableArray<Payload> Items) : WorkflowEvent;

/// <param name="Usage">What the attempt took of language models; null when nothing.</param>
/// <param name="Completion">The fingerprint of the completion that brought it; null when no agent said it later.</param>
[GenerateSerializer, Immutable, Alias("step.attempt-failed/1")]
public sealed record AttemptFailed(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] int Attempt,
    [property: Id(2)] StepFailure Failure,
    [property: Id(3)] CallUsage? Usage = null,
    [property: Id(4)] string? Completion = null) : WorkflowEvent;

/// <param name="Attempt">The attempt that will be made.</param>
[GenerateSerializer, Immutable, Alias("step.retry-scheduled/1")]
public sealed record RetryScheduled([property: Id(0)] StepPath Step, [property: Id(1)] int Attempt, [property: Id(2)] DateTimeOffset Due) : WorkflowEvent;

/// <summary>A person asked for the step again: a new generation, with its attempts counted from one.</summary>
[GenerateSerializer, Immutable, Alias("step.retried-by-hand/1")]
public sealed record StepRetriedByHand([property: Id(0)] StepPath Step, [property: Id(1)] int Generation, [property: Id(2)] string By) : WorkflowEvent;

/// <summary>The question has its answer: the vote of <paramref name="By"/> was the one that decided.</summary>
/// <param name="Claimed">The name is what the caller said of themselves; nobody asked for credentials.</param>
[GenerateSerializer, Immutable, Alias("step.approval-decided/1")]
public sealed record ApprovalDecided(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] bool Approved,
    [property: Id(2)] string By,
    [property: Id(3)] string? Reason,
    [property: Id(4)] bool Claimed = false) : WorkflowEvent;

/// <summary>One of several persons whose word is needed has given it.</summary>
/// <param name="Claimed">The name is what the caller said of themselves; nobody asked for credentials.</param>
[GenerateSerializer, Immutable, Alias("step.approval-voted/1")]
public sealed record ApprovalVoted(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] bool Approved,
    [property: Id(2)] string By,
    [property: Id(3)] string? Reason,
    [property: Id(4)] bool Claimed = false) : WorkflowEvent;

/// <summary>It has taken long: others may decide too.</summary>
/// <param name="To">Who, besides those who could before.</param>
/// <param name="Until">When it expires from now on; null for never.</param>
[GenerateSerializer, Immutable, Alias("step.approval-escalated/1")]
public sealed record ApprovalEscalated(
    [property: Id(0)] StepPath Step, [property: Id(1)] ImmutableArray<string> To, [property: Id(2)] DateTimeOffset? Until = null) : WorkflowEvent;

/// <summary>Its time ran out undecided.</summary>
/// <param name="Then">What the plan says it becomes: <c>fail</c>, <c>reject</c> or <c>approve</c>.</param>
[GenerateSerializer, Immutable, Alias("step.approval-expired/1")]
public sealed record ApprovalExpired([property: Id(0)] StepPath Step, [property: Id(1)] OnExpiry Then) : WorkflowEvent;

/// <param name="Usage">What the attempt took of language models; null when nothing.</param>
/// <param name="Completion">The fingerprint of the completion that brought it; null when no agent said it later.</param>
[GenerateSerializer, Immutable, Alias("step.completed/1")]
public sealed record StepCompleted(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] int Attempt,
    [property: Id(2)] Payload Output,
    [property: Id(3)] CallUsage? Usage = null,
    [property: Id(4)] string? Completion = null) : WorkflowEvent;

/// <summary>The step has failed for good.</summary>
/// <param name="Quarantined">It brought our process down too often; it is kept as a dead letter.</param>
[GenerateSerializer, Immutable, Alias("step.failed/1")]
public sealed record StepFailed([property: Id(0)] StepPath Step, [property: Id(1)] StepFailure Failure, [property: Id(2)] bool Quarantined = false) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("step.timed-out/1")]
public sealed record StepTimedOut([property: Id(0)] StepPath Step, [property: Id(1)] StepFailure Failure) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("step.skipped/1")]
public sealed record StepSkipped([property: Id(0)] StepPath Step, [property: Id(1)] string Reason) : WorkflowEvent;

[GenerateSerializer, Immutable, Alias("step.cancelled/1")]
public sealed record StepCancelled([property: Id(0)] StepPath Step, [property: Id(1)] string Reason) : WorkflowEvent;

/// <summary>What the step did has been undone.</summary>
[GenerateSerializer, Immutable, Alias("step.compensated/1")]
public sealed record StepCompensated([property: Id(0)] StepPath Step) : WorkflowEvent;

/// <summary>An answer came after its attempt had been decided. It is kept for people to see and changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("step.late-answer-kept/1")]
public sealed record LateAnswerKept(
    [property: Id(0)] StepPath Step, [property: Id(1)] int Attempt, [property: Id(2)] Payload Output, [property: Id(3)] int Generation = 0) : WorkflowEvent;
