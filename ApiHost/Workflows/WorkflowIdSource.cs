using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Makes ids that sort by age (UUIDv7, RFC 9562 §5.7).</summary>
internal sealed class WorkflowIdSource(TimeProvider clock)
{
    public WorkflowId Next() => new(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"));
}
