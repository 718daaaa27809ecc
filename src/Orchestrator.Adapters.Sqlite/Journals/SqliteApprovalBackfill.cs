using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>What an older store owes its inbox.</summary>
internal sealed class SqliteApprovalBackfill(StoreWriter writer, ReadPool reads) : IApprovalBackfill
{
    public ValueTask<ImmutableArray<WorkflowId>> OwedAsync(int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => ApprovalTable.Owed(connection, limit), cancellationToken);

    public async ValueTask KeepAsync(WorkflowId workflow, ImmutableArray<Approval> approvals, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new KeepWrite(workflow, approvals), cancellationToken);

    private sealed class KeepWrite(WorkflowId workflow, ImmutableArray<Approval> approvals) : StoreWrite<bool>
    {
        private const int ApprovalBytes = 1_024;

        public override int Bytes => ApprovalBytes * (1 + approvals.Length);

        protected override bool Run(WriterSession session)
        {
            foreach (var approval in approvals)
            {
                session.Approvals.Add(approval);
            }

            session.Approvals.Settle(workflow);
            return true;
        }
    }
}
