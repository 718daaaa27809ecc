using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>A task's id is its workflow's, written as UUIDs are (S2-06).</summary>
internal static class TaskIds
{
    public static string Write(WorkflowId id) => Guid.TryParseExact(id.Value, "N", out var uuid) ? uuid.ToString("D") : id.Value;

    /// <summary>Takes either way of writing it, and the ids that callers chose themselves. Null for a text that is no id.</summary>
    public static WorkflowId? Read(string text) =>
        Guid.TryParseExact(text, "D", out var uuid) ? new WorkflowId(uuid.ToString("N"))
        : WorkflowId.TryParse(text, out var id) ? id
        : null;
}
