using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Steps;

/// <summary>One attempt to make.</summary>
/// <param name="AgentId">The agent to call; null to find one by <paramref name="Action"/>.</param>
/// <param name="Timeout">From the moment the agent has room.</param>
/// <param name="AskFirst">The agent is asked what became of the call under its key before it is called again.</param>
/// <param name="Epoch">The process that owes the attempt to its workflow.</param>
/// <param name="Plan">The workflow's plan, by its name in the catalogue or by its id.</param>
/// <param name="Limits">The named limits of the step, their keys filled in.</param>
/// <param name="IdempotencyKey">The same for every attempt of this generation.</param>
[GenerateSerializer, Immutable, Alias("step-assignment")]
public sealed record StepAssignment(
    [property: Id(0)] WorkflowId Workflow,
    [property: Id(1)] StepPath Step,
    [property: Id(2)] int Generation,
    [property: Id(3)] int Attempt,
    [property: Id(4)] string? AgentId,
    [property: Id(5)] string Action,
    [property: Id(6)] Payload Input,
    [property: Id(7)] TimeSpan Timeout,
    [property: Id(8)] int Priority,
    [property: Id(9)] string IdempotencyKey,
    [property: Id(10)] string? TraceParent,
    [property: Id(11)] bool AskFirst = false,
    [property: Id(12)] long Epoch = 0,
    [property: Id(13)] DateTimeOffset WorkflowCreatedAt = default,
    [property: Id(14)] string Plan = "",
    [property: Id(15)] ImmutableSortedDictionary<string, string>? Tags = null,
    [property: Id(16)] ImmutableArray<StepLimit> Limits = default);
