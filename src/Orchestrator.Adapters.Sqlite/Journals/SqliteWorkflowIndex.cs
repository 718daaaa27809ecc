using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>Finds workflows by the rows that the writer keeps.</summary>
internal sealed class SqliteWorkflowIndex(StoreWriter writer, ReadPool reads, long epoch) : IWorkflowIndex
{
    private readonly WakeClaims claims = new();

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

    public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection => Claim(
                connection
                    .Prepared("SELECT id, version FROM workflow WHERE due_at IS NOT NULL AND status < 6 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2")
                    .Bind(1, now.UtcTicks).Bind(2, limit + claims.Resting),
                now,
                limit,
                rest),
            cancellationToken);

    public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection => Claim(
                connection
                    .Prepared(
                        "SELECT id, version FROM workflow INDEXED BY workflow_calls " +
                        "WHERE calls_out > 0 AND status < 6 AND epoch <> ?1 ORDER BY id LIMIT ?2")
                    .Bind(1, epoch).Bind(2, limit + claims.Resting),
                now,
                limit,
                rest),
            cancellationToken);

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) =>
        reads.ReadAsync(CountTable.Read, cancellationToken);

    // One more than are at rest: so at least one is among them that is not, if there is one at all.
    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) =>
        reads.ReadAsync<DateTimeOffset?>(
            connection =>
            {
                var rows = connection
                    .Prepared("SELECT id, version, due_at FROM workflow WHERE due_at IS NOT NULL AND status < 6 ORDER BY due_at, id LIMIT ?1")
                    .Bind(1, claims.Resting + 1);
                DateTimeOffset? first = null;
                while (rows.Step())
                {
                    var given = claims.GivenAt(WorkflowKey.Parse(rows.Blob(0)), rows.Int64(1), WorkflowTable.Time(rows.Int64(2)));
                    first = given < first || first is null ? given : first;
                }

                rows.Reset();
                return first;
            },
            cancellationToken);

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => DeadLetterTable.List(connection, filter, after, limit), cancellationToken);

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => DeadLetterTable.Find(connection, workflow, step), cancellationToken);

    public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => ApprovalTable.List(connection, filter, after, limit), cancellationToken);

    public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => ApprovalTable.Find(connection, workflow, step), cancellationToken);

    public async ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new RedriveWrite(workflow, step, by), cancellationToken);

    // One process has this store, so its memory can hold the claims and a look writes nothing. A new process begins with none.
    private ImmutableArray<WorkflowId> Claim(SqliteStatement rows, DateTimeOffset now, int limit, WakeRest rest)
    {
        claims.ForgetEnded(now, rest);
        var ids = ImmutableArray.CreateBuilder<WorkflowId>();
        while (ids.Count < limit && rows.Step())
        {
            var id = WorkflowKey.Parse(rows.Blob(0));
            if (claims.TryClaim(id, rows.Int64(1), now, rest))
            {
                ids.Add(id);
            }
        }

        rows.Reset();
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
