using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>One trace for each workflow, with a span for the whole that is told when it has ended.</summary>
internal static class WorkflowTracing
{
    public const string SourceName = "Orchestrator.Workflows";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The trace of a workflow whose starter brought none. It follows from the id alone, so every process that works on the workflow names the same trace.</summary>
    public static string ParentOf(WorkflowId id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id.Value), hash);
        return $"00-{Convert.ToHexStringLower(hash[..16])}-{Convert.ToHexStringLower(hash[16..24])}-01";
    }

    public static void Ended(WorkflowState state)
    {
        if (!ActivityContext.TryParse(state.Accepted!.TraceParent, null, isRemote: true, out var parent))
        {
            return;
        }

        var plan = state.Accepted.PlanName ?? state.Accepted.Plan.Id;
        using var span = Source.StartActivity("invoke_workflow " + plan, ActivityKind.Internal, parent, startTime: state.CreatedAt);
        span?
            .SetTag("gen_ai.operation.name", "invoke_workflow")
            .SetTag("gen_ai.workflow.name", plan)
            .SetTag("orchestrator.workflow.id", state.Id.Value)
            .SetTag("orchestrator.workflow.status", state.Status.ToString())
            .SetTag("error.type", state.Failure?.Code)
            .SetStatus(state.Status == WorkflowStatus.Completed ? ActivityStatusCode.Ok : ActivityStatusCode.Error)
            .SetEndTime(state.UpdatedAt.UtcDateTime);
    }
}
