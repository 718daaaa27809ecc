using System.Text.Json;

namespace Orchestrator.Client.Workflows;

/// <summary>A workflow at one version.</summary>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>waiting</c>, <c>paused</c>, <c>completed</c>, <c>failed</c>, <c>cancelled</c> or <c>timed_out</c>.</param>
/// <param name="Version">The number of its newest event.</param>
/// <param name="Progress">Steps that are final over steps known, 0 to 1.</param>
/// <param name="Output">Null before it has completed.</param>
/// <param name="Error">Why it did not complete.</param>
/// <param name="FinishedAt">Null while it has not ended.</param>
public sealed record WorkflowSnapshot(
    string Id,
    string State,
    long Version,
    double Progress,
    IReadOnlyList<StepSnapshot> Steps,
    JsonElement? Output,
    Failure? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    public const string Completed = "completed";

    /// <summary>It changes no more.</summary>
    public bool HasEnded => FinishedAt is not null;

    /// <summary>Reads what <c>GET /api/v1/workflows/{id}</c> answers; members it does not know are passed over.</summary>
    public static WorkflowSnapshot Parse(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<WorkflowSnapshot>(utf8, ClientJson.Options)
        ?? throw new JsonException("Expected a workflow, found null.");
}

/// <summary>A step of a workflow.</summary>
/// <param name="Id">Its path: <c>quiz</c>, the item <c>grade[3]</c>, <c>unit/quiz</c> in the sub-plan of <c>unit</c>.</param>
/// <param name="Wait">What holds it up.</param>
public sealed record StepSnapshot(string Id, string State, string? AgentId, string? Action, int Attempts, JsonElement? Output, Failure? Error, StepWait? Wait);

/// <summary>What holds a step up.</summary>
/// <param name="On">What blocks: an agent, a limit's key, a signal's name, the steps not done.</param>
/// <param name="Until">When the wait ends by itself, where it does.</param>
public sealed record StepWait(string Kind, string On, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>Why something did not succeed.</summary>
public sealed record Failure(string Code, string Message, bool Retryable);

/// <summary>Something that happened to a workflow.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Type">Such as <c>step.completed</c>.</param>
public sealed record WorkflowEvent(long Number, DateTimeOffset At, string Type, JsonElement Data)
{
    /// <summary>Reads one event of <c>GET /api/v1/workflows/{id}/events</c>.</summary>
    public static WorkflowEvent Parse(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<WorkflowEvent>(utf8, ClientJson.Options)
        ?? throw new JsonException("Expected an event, found null.");
}
