using System.Collections.Immutable;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>What an older store owes its inbox. Several processes may pay it at once: each row is added once.</summary>
internal sealed class PostgresApprovalBackfill(PostgresSource source) : IApprovalBackfill
{
    private const string Keep =
        """
        with added as (
          insert into approval (workflow, step, at, status, plan_id, plan_name, approvers, record)
          select $1, l.step, l.at, l.status, l.plan_id, l.plan_name, l.approvers, l.record
          from json_to_recordset($2::json) as l(step text, at bigint, status smallint, plan_id text, plan_name text, approvers text[], record text)
          on conflict (workflow, step) do nothing
        )
        delete from approval_owed where workflow = $1
        """;

    public ValueTask<ImmutableArray<WorkflowId>> OwedAsync(int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.AllAsync("select workflow from approval_owed order by workflow limit $1", row => Rows.Id(row, 0), cancelled, limit),
            cancellationToken);

    public async ValueTask KeepAsync(WorkflowId workflow, ImmutableArray<Approval> approvals, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(Keep, cancelled, WorkflowKey.Of(workflow), ApprovalRows.Of(approvals)), cancellationToken);
}
