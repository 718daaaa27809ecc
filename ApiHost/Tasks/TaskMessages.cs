using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>Gives the orchestrator something to do: a task, by the <c>pattern</c> of its route, or a request in words, by its <c>content</c>. Exactly one of the two is there.</summary>
/// <param name="Pattern">Which route the task takes.</param>
/// <param name="Payload">With a pattern: for the agent; any JSON value. An empty object without one.</param>
/// <param name="Priority">1 to 5, 5 the most urgent, or its word. The route's without one, else 3.</param>
/// <param name="Metadata">Up to 32 words about the task; kept as the workflow's tags.</param>
/// <param name="Timeout">Seconds, or ISO 8601. For each attempt at a task (the route's without one); for a request as a whole (300 s without one).</param>
/// <param name="CallbackUrl">An http or https address that is told when the task has ended.</param>
/// <param name="Content">What the user wants, in words.</param>
/// <param name="Context">With content: what the caller knows about the request, any JSON value.</param>
/// <param name="History">With content: what was said before, oldest first, any JSON values.</param>
/// <param name="UserContext">With content: what the caller knows about the user, any JSON value.</param>
/// <param name="Execution">With content: <c>sequential</c> (each agent gets what those before it answered) or <c>parallel</c>. Without one, several agents work side by side.</param>
/// <param name="ShouldContinueOnFailure">With <c>sequential</c>: whether the chain goes on when an agent fails; true, false, or an object that says so for each agent by name. False without one.</param>
/// <param name="Strategy">With content: <c>simple</c>, <c>llm</c> or <c>hybrid</c>; the server's own without one.</param>
internal sealed record OrchestrateRequest(
    string? Pattern = null,
    Payload? Payload = null,
    JsonElement? Priority = null,
    ImmutableSortedDictionary<string, JsonElement>? Metadata = null,
    JsonElement? Timeout = null,
    [property: JsonPropertyName("callback_url")] string? CallbackUrl = null,
    string? Content = null,
    Payload? Context = null,
    ImmutableArray<Payload>? History = null,
    [property: JsonPropertyName("user_context")] Payload? UserContext = null,
    string? Execution = null,
    [property: JsonPropertyName("should_continue_on_failure")] JsonElement? ShouldContinueOnFailure = null,
    string? Strategy = null);

/// <summary>A task that was taken on (S2-06).</summary>
/// <param name="TaskId">A UUID.</param>
/// <param name="Status"><c>queued</c>.</param>
/// <param name="Agent">The agent it will be done by, chosen before this answer.</param>
internal sealed record TaskAcceptedResponse(
    [property: JsonPropertyName("task_id")] string TaskId,
    string Status,
    string Agent,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt);

/// <summary>A task as it stands (S2-17).</summary>
/// <param name="Status"><c>queued</c>, <c>running</c>, then <c>completed</c> or <c>failed</c>.</param>
/// <param name="Result">What the agent answered; null until then.</param>
/// <param name="Error">Why it failed; null unless it did.</param>
/// <param name="ExecutionTime">Seconds from the first call of the agent to the end; null before the end, and where no call was made.</param>
internal sealed record TaskStatusResponse(
    [property: JsonPropertyName("task_id")] string TaskId,
    string Status,
    string? Agent,
    Payload? Result,
    string? Error,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("execution_time")] double? ExecutionTime)
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public static TaskStatusResponse Of(WorkflowView view)
    {
        var call = view.Steps.FirstOrDefault(step => step.AgentId is not null);
        var status = StatusOf(view, call);
        return new(
            TaskIds.Write(view.Id),
            status,
            call?.AgentId,
            status == Completed ? view.Output : null,
            status == Failed ? view.Failure?.Message ?? $"The task was {Contract.SnakeCase.Of(view.Status)}." : null,
            view.CreatedAt,
            view.UpdatedAt,
            view.FinishedAt is { } end && call?.StartedAt is { } start ? Math.Round(Math.Max(0, (end - start).TotalSeconds), 3) : null);
    }

    private static string StatusOf(WorkflowView view, StepView? call) => view.Status switch
    {
        WorkflowStatus.Completed => Completed,
        WorkflowStatus.Failed or WorkflowStatus.Cancelled or WorkflowStatus.TimedOut => Failed,
        _ => call is { Status: not (StepStatus.Pending or StepStatus.Queued or StepStatus.Waiting) } ? Running : Queued,
    };
}

/// <param name="TaskIds">1 to 1,000 tasks, each once.</param>
internal sealed record AggregateRequest([property: JsonPropertyName("task_ids")] ImmutableArray<string> TaskIds);

/// <summary>What became of several tasks (S2-20). Those that have not ended are in neither list; a task nobody knows is among the errors.</summary>
internal sealed record AggregateResponse(
    [property: JsonPropertyName("total_tasks")] int TotalTasks, int Completed, int Failed, ImmutableArray<TaskResult> Results, ImmutableArray<TaskError> Errors);

internal sealed record TaskResult(
    [property: JsonPropertyName("task_id")] string TaskId, string? Agent, Payload? Result, [property: JsonPropertyName("execution_time")] double? ExecutionTime);

internal sealed record TaskError([property: JsonPropertyName("task_id")] string TaskId, string? Agent, string Error);
