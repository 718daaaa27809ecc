using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>The journal of all workflows of this process, committed in groups.</summary>
internal sealed class SqliteJournal(StoreWriter writer, ReadPool reads) : IWorkflowJournal
{
    public async ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new AppendWrite(append), cancellationToken);

    public ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => JournalTable.Read(connection, WorkflowKey.Of(workflow), after, limit), cancellationToken);
}
