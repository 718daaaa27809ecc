using System.Collections.Immutable;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>The row by which a workflow is found: written in the transaction that changes the workflow, so it is a fact and never a guess.</summary>
/// <param name="Version">The number of the workflow's last event.</param>
/// <param name="WaitingFor">What the foremost wait is, when the status is <c>waiting</c>: the searchable sub-state.</param>
/// <param name="StepsKnown">Grows while fan-outs unfold.</param>
/// <param name="DueAt">When the workflow must be woken at the latest: when time moves it, or when somebody has to see whether its calls are still made.</param>
/// <param name="CallsOut">Attempts whose outcome is owed. While there are any, the workflow belongs to the process of <paramref name="Epoch"/>, and is an orphan when that is gone.</param>
/// <param name="Epoch">The process start that wrote the last event.</param>
[GenerateSerializer, Immutable, Alias("workflow-summary")]
public sealed record WorkflowSummary(
    [property: Id(0)] WorkflowId Id,
    [property: Id(1)] long Version,
    [property: Id(2)] WorkflowStatus Status,
    [property: Id(3)] WaitKind? WaitingFor,
    [property: Id(4)] string PlanId,
    [property: Id(5)] string? PlanName,
    [property: Id(6)] int Priority,
    [property: Id(7)] int StepsDone,
    [property: Id(8)] int StepsKnown,
    [property: Id(9)] ImmutableSortedDictionary<string, string> Tags,
    [property: Id(10)] DateTimeOffset CreatedAt,
    [property: Id(11)] DateTimeOffset UpdatedAt,
    [property: Id(12)] DateTimeOffset? DueAt,
    [property: Id(13)] int CallsOut,
    [property: Id(14)] long Epoch,
    [property: Id(15)] string? FailureCode,
    [property: Id(16)] WorkflowId? From);

/// <summary>Which workflows to list: those that match every member that is set. Newest first.</summary>
/// <param name="After">The last id of the page before, for the next page.</param>
/// <param name="Limit">1 to 200.</param>
[GenerateSerializer, Immutable, Alias("workflow-query")]
public sealed record WorkflowQuery(
    [property: Id(0)] ImmutableArray<WorkflowStatus> Statuses = default,
    [property: Id(1)] WaitKind? WaitingFor = null,
    [property: Id(2)] string? Plan = null,
    [property: Id(3)] ImmutableSortedDictionary<string, string>? Tags = null,
    [property: Id(4)] DateTimeOffset? CreatedFrom = null,
    [property: Id(5)] DateTimeOffset? CreatedBefore = null,
    [property: Id(6)] string? FailureCode = null,
    [property: Id(7)] WorkflowPosition? After = null,
    [property: Id(8)] int Limit = 50);

/// <summary>A place in the list of workflows: creation time, then id. New workflows never move it.</summary>
[GenerateSerializer, Immutable, Alias("workflow-position")]
public sealed record WorkflowPosition([property: Id(0)] DateTimeOffset CreatedAt, [property: Id(1)] WorkflowId Id);

/// <param name="Next">Where the next page begins; null on the last one.</param>
[GenerateSerializer, Immutable, Alias("workflow-page")]
public sealed record WorkflowPage([property: Id(0)] ImmutableArray<WorkflowSummary> Items, [property: Id(1)] WorkflowPosition? Next);
