using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Journals;

namespace Orchestrator.Adapters.Tests.Topics;

public sealed class In_memory_news : WorkflowNewsContract
{
    private readonly InMemoryJournal journal = new();

    protected override IWorkflowJournal Journal => journal;

    protected override IWorkflowNews News => journal;
}
