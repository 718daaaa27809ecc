using System.Collections.Immutable;
using Orchestrator.ApiHost.Blobs;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Plans;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>A workflow at one version.</summary>
/// <param name="Version">The number of its newest event; also its ETag.</param>
/// <param name="Progress">Steps that are final over steps known, 0 to 1.</param>
/// <param name="Growing">More steps may become known: a fan-out or a sub-plan has not begun.</param>
/// <param name="Plan">The plan as the workflow keeps it.</param>
/// <param name="Priority">1 to 5, 5 the most urgent.</param>
/// <param name="Output">The result; a link in it says by <c>href</c> where its content is.</param>
/// <param name="Origin">The workflow this one continues.</param>
/// <param name="TraceParent">The W3C trace context of the request that started it.</param>
/// <param name="Usage">What all its steps took of language models so far; null when nothing was counted.</param>
internal sealed record WorkflowResponse(
    string Id,
    WorkflowStatus State,
    long Version,
    double Progress,
    bool Growing,
    Payload Plan,
    string? PlanName,
    int? PlanVersion,
    Payload Input,
    int Priority,
    ImmutableSortedDictionary<string, string> Tags,
    ImmutableArray<StepResponse> Steps,
    Payload? Output,
    FailureResponse? Error,
    OriginResponse? Origin,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    string? TraceParent,
    UsageResponse? Usage,
    WorkflowLinks Links)
{
    public static WorkflowResponse Of(WorkflowView view) => new(
        view.Id.Value,
        view.Status,
        view.Version,
        view.Progress,
        view.Growing,
        PlanText.Write(view.Plan),
        view.PlanName,
        view.PlanVersion,
        view.Input,
        view.Priority,
        view.Tags,
        [.. view.Steps.Select(StepResponse.Of)],
        view.Output is { } output ? ShownLinks.Of(output) : null,
        FailureResponse.Of(view.Failure),
        view.Origin is { } origin ? new(origin.From.Value, origin.Kind, origin.FromStep) : null,
        view.CreatedAt,
        view.UpdatedAt,
        view.FinishedAt,
        view.TraceParent,
        UsageResponse.Of(view.Steps.Select(step => step.Usage).Aggregate((CallUsage?)null, CallUsage.Sum)),
        WorkflowLinks.Of(view.Id));
}

/// <summary>A step of a workflow.</summary>
/// <param name="Id">Its path: <c>quiz</c>, the item <c>grade[3]</c>, <c>unit/quiz</c> in the sub-plan of <c>unit</c>, <c>~fallback/quiz</c> in the fallback plan.</param>
/// <param name="Kind">What it does: <c>call</c>, <c>sleep</c>, <c>approval</c>, <c>signal</c> or <c>sub_plan</c>.</param>
/// <param name="Attempts">Attempts made in the present generation.</param>
/// <param name="Generation">Grows when a person retries the step.</param>
/// <param name="Wait">What holds it up.</param>
/// <param name="Usage">What all attempts at it took of language models; null when nothing was counted.</param>
/// <param name="Reused">Its outcome was taken over from the workflow this one continues.</param>
/// <param name="Deferral">Its agent has answered 202 and completes the attempt later.</param>
internal sealed record StepResponse(
    string Id,
    StepStatus State,
    string Kind,
    string? AgentId,
    string? Action,
    ImmutableArray<string> Dependencies,
    int Attempts,
    int Generation,
    Payload? Output,
    FailureResponse? Error,
    WaitResponse? Wait,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    bool Reused,
    UsageResponse? Usage,
    DeferralResponse? Deferral)
{
    public static StepResponse Of(StepView step) => new(
        step.Path.Value,
        step.Status,
        SnakeCase.Of(step.Kind),
        step.AgentId,
        step.Action,
        step.Dependencies.IsDefault ? [] : step.Dependencies,
        step.Attempts,
        step.Generation,
        step.Output,
        FailureResponse.Of(step.Failure),
        WaitResponse.Of(step.Wait),
        step.StartedAt,
        step.FinishedAt,
        step.Reused,
        UsageResponse.Of(step.Usage),
        DeferralResponse.Of(step.Deferral));
}

/// <summary>An attempt that its agent has taken on (202) and completes later.</summary>
/// <param name="Deadline">When the attempt times out, unless the agent is heard of before.</param>
/// <param name="HeardAt">When the agent's newest heartbeat was written down.</param>
/// <param name="Progress">0 to 1, as the agent said last.</param>
/// <param name="Message">What the agent said last that it is at.</param>
internal sealed record DeferralResponse(string Agent, DateTimeOffset Since, DateTimeOffset Deadline, DateTimeOffset? HeardAt, double? Progress, string? Message)
{
    public static DeferralResponse? Of(Deferral? deferral) => deferral is null
        ? null
        : new(deferral.Agent, deferral.Since, deferral.Until, deferral.HeardAt, deferral.Progress, deferral.Note);
}

/// <summary>What calls of language models took, as their endpoints counted it.</summary>
/// <param name="Requests">Requests to models; one attempt may make several.</param>
/// <param name="Cost">In the currency of the agents' prices; null where none has a price.</param>
/// <param name="Model">The model that answered last.</param>
internal sealed record UsageResponse(int Requests, long TokensIn, long TokensOut, decimal? Cost, string? Model)
{
    public static UsageResponse? Of(CallUsage? usage) => usage is null ? null : new(usage.Requests, usage.TokensIn, usage.TokensOut, usage.Cost, usage.Model);
}

/// <summary>Why something did not succeed.</summary>
/// <param name="Retryable">Whether another attempt may do better.</param>
internal sealed record FailureResponse(string Code, string Message, bool Retryable, long? RetryAfterMs)
{
    public static FailureResponse? Of(StepFailure? failure) => failure is null
        ? null
        : new(failure.Code, failure.Message, failure.Retryable, (long?)failure.RetryAfter?.TotalMilliseconds);
}

/// <summary>What holds a step up.</summary>
/// <param name="On">The thing that blocks: an agent, a limit's key, a signal's name, the steps not done.</param>
/// <param name="Position">Place in the queue when the wait was recorded, from 1.</param>
/// <param name="Until">When the wait ends by itself, where it does.</param>
internal sealed record WaitResponse(WaitKind Kind, string On, DateTimeOffset Since, int? Position, DateTimeOffset? Until)
{
    public static WaitResponse? Of(Wait? wait) => wait is null ? null : new(wait.Kind, wait.On, wait.Since, wait.Position, wait.Until);
}

/// <summary>The workflow this one continues, and how.</summary>
internal sealed record OriginResponse(string From, OriginKind Kind, string? FromStep);

/// <summary>Where to go from here.</summary>
internal sealed record WorkflowLinks(string Self, string Events, string History, string Graph, string Explain)
{
    public static string SelfOf(WorkflowId id) => "/api/v1/workflows/" + id.Value;

    public static WorkflowLinks Of(WorkflowId id) => Of(SelfOf(id));

    private static WorkflowLinks Of(string self) => new(self, self + "/events", self + "/history", self + "/graph", self + "/explain");
}

/// <summary>A workflow has been taken on. From here on it survives.</summary>
internal sealed record WorkflowAcceptedResponse(string Id, WorkflowStatus State, DateTimeOffset CreatedAt, WorkflowLinks Links);

/// <summary>A command has been taken.</summary>
/// <param name="State">The workflow's state after the command.</param>
/// <param name="Version">The number of its newest event.</param>
internal sealed record CommandResponse(string Id, WorkflowStatus State, long Version);

/// <summary>A workflow in a list.</summary>
/// <param name="WaitingFor">What the foremost wait is, when the state is <c>waiting</c>.</param>
/// <param name="DueAt">When time alone moves it on.</param>
/// <param name="From">The workflow it continues.</param>
internal sealed record WorkflowSummaryResponse(
    string Id,
    WorkflowStatus State,
    WaitKind? WaitingFor,
    double Progress,
    int StepsDone,
    int StepsKnown,
    string PlanId,
    string? PlanName,
    int Priority,
    ImmutableSortedDictionary<string, string> Tags,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? DueAt,
    string? FailureCode,
    string? From,
    long Version)
{
    public static WorkflowSummaryResponse Of(WorkflowSummary row) => new(
        row.Id.Value,
        row.Status,
        row.WaitingFor,
        row.StepsKnown == 0 ? 0 : (double)row.StepsDone / row.StepsKnown,
        row.StepsDone,
        row.StepsKnown,
        row.PlanId,
        row.PlanName,
        row.Priority,
        row.Tags,
        row.CreatedAt,
        row.UpdatedAt,
        row.DueAt,
        row.FailureCode,
        row.From?.Value,
        row.Version);
}

/// <summary>What a workflow waits for and what one can do.</summary>
/// <param name="Sentence">All of it in one sentence.</param>
/// <param name="Actions">What the API offers in this state.</param>
internal sealed record ExplanationResponse(string Id, WorkflowStatus State, string Sentence, ImmutableArray<ExplainedWaitResponse> Waits, ImmutableArray<string> Actions)
{
    public static ExplanationResponse Of(Explanation explanation) => new(
        explanation.Id.Value,
        explanation.Status,
        explanation.Sentence,
        [.. explanation.Waits.Select(wait => new ExplainedWaitResponse(wait.Step.Value, WaitResponse.Of(wait.Wait)!, wait.Sentence))],
        explanation.Actions);
}

internal sealed record ExplainedWaitResponse(string Step, WaitResponse Wait, string Sentence);
