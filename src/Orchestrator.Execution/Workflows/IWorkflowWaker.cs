using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>Reaches a workflow wherever it lives and tells it to look at the time and at what it owes.</summary>
public interface IWorkflowWaker
{
    /// <remarks>Safe at any moment and any number of times. A failed wake is tried again by the next sweep.</remarks>
    ValueTask WakeAsync(WorkflowId workflow, CancellationToken cancellationToken);
}
