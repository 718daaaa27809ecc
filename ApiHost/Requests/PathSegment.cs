using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Requests;

/// <summary>One segment of a path that may hold a slash of its own.</summary>
internal static class PathSegment
{
    /// <summary>Routing decodes a segment except for its slashes, so that they do not part it; here the segment is known, and they come back.</summary>
    public static string Decode(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A step of a workflow, as the ids of approvals and dead letters name it: <c>workflow:step</c>.</summary>
    public static bool TryStep(string id, out WorkflowId workflow, out StepPath step)
    {
        (workflow, step) = (default, default);
        if (id.Split(':', 2) is not [var workflowText, { Length: > 0 } stepText] || !WorkflowId.TryParse(workflowText, out workflow))
        {
            return false;
        }

        step = new StepPath(stepText);
        return true;
    }
}
