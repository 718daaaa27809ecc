using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>A workflow as its readers see it, at one version.</summary>
/// <param name="Progress">Steps that are final over steps known, 0 to 1.</param>
/// <param name="Growing">More steps may become known: a fan-out or a sub-plan has not begun.</param>
[GenerateSerializer, Immutable, Alias("workflow-view")]
public sealed record WorkflowView(
    [property: Id(0)] WorkflowId Id,
    [property: Id(1)] long Version,
    [property: Id(2)] WorkflowStatus Status,
    [property: Id(3)] double Progress,
    [property: Id(4)] bool Growing,
    [property: Id(5)] Plan Plan,
    [property: Id(6)] string? PlanName,
    [property: Id(7)] int? PlanVersion,
    [property: Id(8)] Payload Input,
    [property: Id(9)] int Priority,
    [property: Id(10)] ImmutableSortedDictionary<string, string> Tags,
    [property: Id(11)] ImmutableArray<StepView> Steps,
    [property: Id(12)] Payload? Output,
    [property: Id(13)] StepFailure? Failure,
    [property: Id(14)] WorkflowOrigin? Origin,
    [property: Id(15)] DateTimeOffset CreatedAt,
    [property: Id(16)] DateTimeOffset UpdatedAt,
    [property: Id(17)] DateTimeOffset? FinishedAt,
    [property: Id(18)] string? TraceParent,
    [property: Id(19)] string? CallbackUrl = null);

/// <summary>A step as its readers see it.</summary>
/// <param name="Attempts">Attempts made in the present generation.</param>
/// <param name="Usage">What all attempts at it took of language models; null when nothing was counted.</param>
/// <param name="Reused">Its outcome was taken over from another workflow.</param>
/// <param name="Deferral">Its agent has taken the attempt on and completes it later; null when not.</param>
[GenerateSerializer, Immutable, Alias("step-view")]
public sealed record StepView(
    [property: Id(0)] StepPath Path,
    [property: Id(1)] StepStatus Status,
    [property: Id(2)] StepKind Kind,
    [property: Id(3)] string? AgentId,
    [property: Id(4)] string? Action,
    [property: Id(5)] ImmutableArray<string> Dependencies,
    [property: Id(6)] int Attempts,
    [property: Id(7)] int Generation,
    [property: Id(8)] Payload? Output,
    [property: Id(9)] StepFailure? Failure,
    [property: Id(10)] Wait? Wait,
    [property: Id(11)] DateTimeOffset? StartedAt,
    [property: Id(12)] DateTimeOffset? FinishedAt,
    [property: Id(13)] bool Reused,
    [property: Id(14)] CallUsage? Usage = null,
    [property: Id(15)] Deferral? Deferral = null);

/// <summary>What a workflow waits for and what one can do: one sentence, and the same as data.</summary>
/// <param name="Actions">What the API offers in this state, such as <c>cancel</c> or <c>approve</c>.</param>
[GenerateSerializer, Immutable, Alias("explanation")]
public sealed record Explanation(
    [property: Id(0)] WorkflowId Id,
    [property: Id(1)] WorkflowStatus Status,
    [property: Id(2)] string Sentence,
    [property: Id(3)] ImmutableArray<ExplainedWait> Waits,
    [property: Id(4)] ImmutableArray<string> Actions);

[GenerateSerializer, Immutable, Alias("explained-wait")]
public sealed record ExplainedWait([property: Id(0)] StepPath Step, [property: Id(1)] Wait Wait, [property: Id(2)] string Sentence);
