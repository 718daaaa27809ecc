using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Journals;
using Orchestrator.Testing.Topics;

namespace Orchestrator.Adapters.Tests.Topics;

public sealed class In_memory_news : WorkflowNewsContract
{
    private readonly InMemoryJournal journal = new();
    private readonly InMemoryTopicLog log = new();

    protected override IWorkflowJournal Journal => journal;

    protected override ITopicLog Topics => log;

    protected override IWorkflowNews News => new OutboxNews(journal, log, TimeProvider.System);
}

public sealed class In_memory_news_outbox : NewsOutboxContract
{
    private readonly InMemoryJournal journal = new();

    protected override IWorkflowJournal Journal => journal;

    protected override INewsOutbox Outbox => journal;
}
