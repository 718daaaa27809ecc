using Orchestrator.Decisions.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>What the loop asks of the world once a decision is durable.</summary>
public interface IWorkflowEffects
{
    /// <summary>Begins an effect and returns at once. Every effect is safe to begin again; one that fails is begun again while the workflow still owes it.</summary>
    void Begin(WorkflowEffect effect);

    /// <summary>The workflow has changed, or a message changed nothing: time to set the next waking, to tell those who watch, and to rest.</summary>
    void Changed(WorkflowState state);
}
