using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Adapters.Sqlite.Topics;

/// <summary>The news of the workflows of this process. There is one writer, so they are in their topic as soon as the append that left them is kept.</summary>
internal sealed class SqliteWorkflowNews(ReadPool reads) : IWorkflowNews
{
    public ValueTask<NewsTold> TellAsync(int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => new NewsTold(TopicTable.Head(connection, WorkflowNews.Topic)?.Last ?? 0, More: false), cancellationToken);
}
