using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Cli.Workflows;

/// <summary>A workflow's state for people.</summary>
internal static class WorkflowWords
{
    public static (string Icon, string Word, string Colour) Of(WorkflowStatus state) => state switch
    {
        WorkflowStatus.Queued => ("◷", "queued", "slateblue1"),
        WorkflowStatus.Running => ("◐", "running", "blue"),
        WorkflowStatus.Waiting => ("✋", "waiting", "purple"),
        WorkflowStatus.Paused => ("‖", "paused", "yellow"),
        WorkflowStatus.Compensating => ("↩", "compensating", "teal"),
        WorkflowStatus.Completed => ("✓", "completed", "green"),
        WorkflowStatus.Failed => ("✗", "failed", "red"),
        WorkflowStatus.Cancelled => ("⊘", "cancelled", "olive"),
        WorkflowStatus.TimedOut => ("⌛", "timed out", "darkorange"),
        _ => ("?", state.ToString(), "white"),
    };
}
