using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Plans;

/// <summary>One node of a plan. What it does is told by the one of <c>action</c>, <c>sleep</c>, <c>approval</c>, <c>signal</c>, <c>subPlan</c> it has.</summary>
/// <param name="AgentId">The agent to call; without one an agent is found that offers <paramref name="Action"/>.</param>
/// <param name="Input">A template: <c>${{ … }}</c> in it refers to the plan's input and to earlier outputs.</param>
/// <param name="Timeout">For each attempt, from the moment the agent has room for it.</param>
/// <param name="When">A condition; the step is skipped when it is false.</param>
/// <param name="ForEach">Runs the step once per item.</param>
/// <param name="Priority">1 to 5, 5 the most urgent; null takes the workflow's.</param>
/// <param name="OnUnknown">What to do about a call that our own crash interrupted.</param>
/// <param name="Limits">Named limits its calls draw on, beside those of its agent.</param>
[GenerateSerializer, Immutable, Alias("step")]
public sealed record Step(
    [property: Id(0)] string Id,
    [property: Id(1)] string? AgentId = null,
    [property: Id(2)] string? Action = null,
    [property: Id(3)] Payload? Input = null,
    [property: Id(4)] ImmutableArray<string> Dependencies = default,
    [property: Id(5), JsonPropertyName("retryPolicy")] RetryPolicy? Retry = null,
    [property: Id(6), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? Timeout = null,
    [property: Id(7)] string? When = null,
    [property: Id(8)] ForEach? ForEach = null,
    [property: Id(9)] OnFailure OnFailure = OnFailure.Fail,
    [property: Id(10)] StepFallback? Fallback = null,
    [property: Id(11)] Compensation? Compensate = null,
    [property: Id(12)] ApprovalRequest? Approval = null,
    [property: Id(13), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? Sleep = null,
    [property: Id(14)] string? Signal = null,
    [property: Id(15)] Plan? SubPlan = null,
    [property: Id(16)] int? Priority = null,
    [property: Id(17)] OnUnknown OnUnknown = OnUnknown.Repeat,
    [property: Id(18)] ImmutableArray<StepLimit> Limits = default)
{
    /// <summary>What the step does, read off the member that is set.</summary>
    [JsonIgnore]
    public StepKind Kind => this switch
    {
        { Sleep: not null } => StepKind.Sleep,
        { Approval: not null } => StepKind.Approval,
        { Signal: not null } => StepKind.Signal,
        { SubPlan: not null } => StepKind.SubPlan,
        _ => StepKind.Call,
    };
}

/// <summary>What a step does.</summary>
public enum StepKind
{
    /// <summary>Calls an agent.</summary>
    Call = 1,

    /// <summary>Waits for a time.</summary>
    Sleep = 2,

    /// <summary>Waits for a person's decision.</summary>
    Approval = 3,

    /// <summary>Waits for a message into the workflow.</summary>
    Signal = 4,

    /// <summary>Runs another plan.</summary>
    SubPlan = 5,
}

/// <summary>What a step's final failure means for its plan.</summary>
[GenerateSerializer, Alias("on-failure")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OnFailure>))]
public enum OnFailure
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The plan fails.</summary>
    Fail = 1,

    /// <summary>The plan goes on; the step's output is null.</summary>
    Continue = 2,

    /// <summary><see cref="Step.Fallback"/> runs in the step's place.</summary>
    Fallback = 3,

    /// <summary>What completed steps did is undone, latest first; then the plan fails.</summary>
    Compensate = 4,
}

/// <summary>What becomes of a call whose outcome our own crash has hidden from us.</summary>
[GenerateSerializer, Alias("on-unknown")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OnUnknown>))]
public enum OnUnknown
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It is repeated under the same attempt number and the same idempotency key.</summary>
    Repeat = 1,

    /// <summary>The attempt fails, with the code <c>step.outcome_unknown</c>; the retry policy does not apply.</summary>
    Fail = 2,

    /// <summary>The agent is asked what became of the call under its key; only if it knows of none is the call made again.</summary>
    Reconcile = 3,
}

/// <summary>A dynamic fan-out.</summary>
/// <param name="Items">A template that gives an array.</param>
/// <param name="Concurrency">Items under way at the same time; null for all.</param>
[GenerateSerializer, Immutable, Alias("for-each")]
public sealed record ForEach([property: Id(0)] Payload Items, [property: Id(1)] int? Concurrency = null);

/// <summary>What runs in the place of a step that failed: another agent, or a plan.</summary>
[GenerateSerializer, Immutable, Alias("step-fallback")]
public sealed record StepFallback(
    [property: Id(0)] string? AgentId = null,
    [property: Id(1)] string? Action = null,
    [property: Id(2)] Plan? Plan = null);

/// <summary>The call that undoes what a completed step did. Its input may refer to the step's own output.</summary>
[GenerateSerializer, Immutable, Alias("compensation")]
public sealed record Compensation(
    [property: Id(0)] string? AgentId,
    [property: Id(1)] string Action,
    [property: Id(2)] Payload? Input = null,
    [property: Id(3), JsonPropertyName("retryPolicy")] RetryPolicy? Retry = null);

/// <summary>A decision of one or more persons that a step waits for.</summary>
/// <param name="Approvers">Who may decide; empty for everyone who may approve at all.</param>
/// <param name="Expires">How long the decision may take; null for ever.</param>
/// <param name="Quorum">So many different persons must approve: 1 to 100; null is 1.</param>
/// <param name="Rejections">So many different persons' rejections reject: 1 to 100; null is 1, any of them alone.</param>
/// <param name="OnExpiry">What then; null fails the step with <c>approval.expired</c>.</param>
/// <param name="Escalate">Who may decide besides, once it has taken long; at most once.</param>
[GenerateSerializer, Immutable, Alias("approval-request")]
public sealed record ApprovalRequest(
    [property: Id(0)] string Prompt,
    [property: Id(1)] ImmutableArray<string> Approvers = default,
    [property: Id(2), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? Expires = null,
    [property: Id(3)] int? Quorum = null,
    [property: Id(4)] int? Rejections = null,
    [property: Id(5)] OnExpiry? OnExpiry = null,
    [property: Id(6)] Escalation? Escalate = null);

/// <summary>What an approval becomes that nobody has decided in time.</summary>
[GenerateSerializer, Alias("on-expiry")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OnExpiry>))]
public enum OnExpiry
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The step fails with <c>approval.expired</c>.</summary>
    Fail = 1,

    /// <summary>It counts as rejected.</summary>
    Reject = 2,

    /// <summary>It counts as approved.</summary>
    Approve = 3,

    /// <summary>Those of <see cref="ApprovalRequest.Escalate"/> may decide too, for as long again; then the step fails.</summary>
    Escalate = 4,
}

/// <summary>Who is asked besides.</summary>
/// <param name="After">How long after the question was asked; null when it is done on expiry.</param>
[GenerateSerializer, Immutable, Alias("escalation")]
public sealed record Escalation(
    [property: Id(0)] ImmutableArray<string> To,
    [property: Id(1), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? After = null);
