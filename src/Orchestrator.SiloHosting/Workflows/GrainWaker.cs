using Orchestrator.Execution.Workflows;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Wakes a workflow by calling its grain, which activates it where it is asleep.</summary>
internal sealed class GrainWaker(IGrainFactory grains) : IWorkflowWaker
{
    public ValueTask WakeAsync(WorkflowId workflow, CancellationToken cancellationToken) => new(grains.Workflow(workflow).WakeAsync(cancellationToken));
}
