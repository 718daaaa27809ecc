using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>Finds workflows by the rows that the writer keeps.</summary>
internal sealed class SqliteWorkflowIndex(StoreWriter writer, ReadPool reads) : IWorkflowIndex
{
    public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => WorkflowListing.Read(connection, query), cancellationToken);

    public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection =>
            {
                var row = connection.Prepared("SELECT " + WorkflowTable.Columns + " FROM workflow w WHERE w.id = ?1").Bind(1, WorkflowKey.Of(workflow));
                if (!row.Step())
                {
                    return null;
                }

                var found = WorkflowTable.Read(row);
                row.Reset();
                return found;
            },
            cancellationToken);

    public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => RequestTable.Find(connection, key), cancellationToken);

    public ValueTask<ImmutableArray<WorkflowId>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection => Ids(connection
                .Prepared("SELECT id FROM workflow WHERE due_at IS NOT NULL AND status < 6 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2")
                .Bind(1, now.UtcTicks).Bind(2, limit)),
            cancellationToken);

    public ValueTask<ImmutableArray<WorkflowId>> OrphansAsync(long epoch, WorkflowId? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection => Ids(connection
                .Prepared(
                    "SELECT id FROM workflow INDEXED BY workflow_calls " +
                    "WHERE calls_out > 0 AND status < 6 AND epoch < ?1 AND id > ?2 ORDER BY id LIMIT ?3")
                .Bind(1, epoch).Bind(2, after is { } last ? WorkflowKey.Of(last) : []).Bind(3, limit)),
            cancellationToken);

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) =>
        reads.ReadAsync(CountTable.Read, cancellationToken);

    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) =>
        reads.ReadAsync<DateTimeOffset?>(
            connection =>
            {
                var row = connection.Prepared("SELECT due_at FROM workflow WHERE due_at IS NOT NULL AND status < 6 ORDER BY due_at, id LIMIT 1");
                if (!row.Step())
                {
                    return null;
                }

                var due = WorkflowTable.Time(row.Int64(0));
                row.Reset();
                return due;
            },
            cancellationToken);

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => DeadLetterTable.List(connection, after, limit), cancellationToken);

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => DeadLetterTable.Find(connection, workflow, step), cancellationToken);

    public async ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new RedriveWrite(workflow, step, by), cancellationToken);

    private static ImmutableArray<WorkflowId> Ids(SqliteStatement rows)
    {
        var ids = ImmutableArray.CreateBuilder<WorkflowId>();
        while (rows.Step())
        {
            ids.Add(WorkflowKey.Parse(rows.Blob(0)));
        }

        return ids.DrainToImmutable();
    }

    private sealed class RedriveWrite(WorkflowId workflow, StepPath step, WorkflowId by) : StoreWrite<bool>
    {
        public override int Bytes => 256;

        protected override bool Run(WriterSession session)
        {
            session.DeadLetters.MarkRedriven(workflow, step, by);
            return true;
        }
    }
}
