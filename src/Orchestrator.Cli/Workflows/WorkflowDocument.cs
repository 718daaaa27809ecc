using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Cli.Workflows;

/// <summary>A workflow as the API gives it: the bytes, and what the command line reads out of them.</summary>
internal sealed record WorkflowDocument(
    ReadOnlyMemory<byte> Json,
    string Id,
    WorkflowStatus State,
    long Version,
    double Progress,
    bool Growing,
    string PlanId,
    ImmutableArray<StepRow> Steps,
    JsonElement? Output,
    FailureRow? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    public static WorkflowDocument Parse(ReadOnlyMemory<byte> json)
    {
        // Cloned, so that the elements live as long as the document does.
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement.Clone();
        var plan = root.GetProperty("plan");
        return new(
            json,
            root.GetProperty("id").GetString()!,
            root.GetProperty("state").Deserialize<WorkflowStatus>(),
            root.GetProperty("version").GetInt64(),
            root.GetProperty("progress").GetDouble(),
            root.TryGetProperty("growing", out var growing) && growing.ValueKind == JsonValueKind.True,
            plan.TryGetProperty("id", out var planId) ? planId.GetString() ?? "" : "",
            [.. root.GetProperty("steps").EnumerateArray().Select(StepRow.Parse)],
            Find(root, "output"),
            Find(root, "error") is { } error ? FailureRow.Parse(error) : null,
            root.GetProperty("createdAt").GetDateTimeOffset(),
            Find(root, "finishedAt")?.GetDateTimeOffset());
    }

    public bool IsFinal => State.IsFinal();

    internal static JsonElement? Find(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

internal sealed record StepRow(
    string Id,
    StepStatus State,
    string? Agent,
    string? Action,
    string? Kind,
    ImmutableArray<string> Dependencies,
    int Attempts,
    FailureRow? Error,
    WaitRow? Wait,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    bool Reused)
{
    public static StepRow Parse(JsonElement step) => new(
        step.GetProperty("id").GetString()!,
        step.GetProperty("state").Deserialize<StepStatus>(),
        WorkflowDocument.Find(step, "agentId")?.GetString(),
        WorkflowDocument.Find(step, "action")?.GetString(),
        WorkflowDocument.Find(step, "kind")?.GetString(),
        WorkflowDocument.Find(step, "dependencies") is { } dependencies ? [.. dependencies.EnumerateArray().Select(name => name.GetString()!)] : [],
        step.GetProperty("attempts").GetInt32(),
        WorkflowDocument.Find(step, "error") is { } error ? FailureRow.Parse(error) : null,
        WorkflowDocument.Find(step, "wait") is { } wait ? WaitRow.Parse(wait) : null,
        WorkflowDocument.Find(step, "startedAt")?.GetDateTimeOffset(),
        WorkflowDocument.Find(step, "finishedAt")?.GetDateTimeOffset(),
        WorkflowDocument.Find(step, "reused")?.GetBoolean() ?? false);
}

internal sealed record FailureRow(string Code, string Message)
{
    public static FailureRow Parse(JsonElement error) => new(error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
}

internal sealed record WaitRow(WaitKind Kind, string On, int? Position, DateTimeOffset? Until)
{
    public static WaitRow Parse(JsonElement wait) => new(
        wait.GetProperty("kind").Deserialize<WaitKind>(),
        WorkflowDocument.Find(wait, "on")?.GetString() ?? "",
        WorkflowDocument.Find(wait, "position")?.GetInt32(),
        WorkflowDocument.Find(wait, "until")?.GetDateTimeOffset());
}
