using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>Finds workflows by the rows that the journal's batches write.</summary>
internal sealed class PostgresWorkflowIndex(PostgresSource source) : IWorkflowIndex
{
    // Rests are counted by the server's clock, which all share: a machine whose clock is wrong keeps nobody from waking what it has claimed.
    private const string Rest =
        """
        update workflow w set
          rests = least(w.rests + 1, 1000),
          rest_until = clock_timestamp() + least($1, $2 * power(2, least(w.rests, 30))::double precision)
        from found f where w.id = f.id
        returning w.id
        """;

    private const string Rested = "w.status < 6 and (w.rest_until is null or w.rest_until <= clock_timestamp())";

    private const string ClaimDue =
        $"""
        with found as (
          select w.id from workflow w
          where w.due_at is not null and w.due_at <= least($4, ticks_now()) and {Rested}
          order by w.due_at, w.id limit $3 for no key update skip locked
        ), claimed as ({Rest})
        select w.id from claimed c join workflow w on w.id = c.id order by w.due_at, w.id
        """;

    // The few epochs that have calls out are found by stepping from one to the next in their index; of those, the ones whose process has ended or is
    // no longer remembered. One beyond all that are remembered has just begun.
    private const string ClaimOrphans =
        $"""
        with recursive owing (epoch) as (
          (select w.epoch from workflow w where w.calls_out > 0 and w.status < 6 order by w.epoch limit 1)
          union all
          select (select w.epoch from workflow w where w.calls_out > 0 and w.status < 6 and w.epoch > o.epoch order by w.epoch limit 1)
          from owing o where o.epoch is not null
        ), ended as (
          select array_agg(o.epoch) as epochs from owing o
          where not exists (select from processes p where p.epoch = o.epoch and p.ended_at is null) and o.epoch <= (select max(p.epoch) from processes p)
        ), found as (
          select w.id from workflow w
          where w.calls_out > 0 and w.epoch = any((select e.epochs from ended e)::bigint[]) and {Rested}
          order by w.id limit $3 for no key update skip locked
        ), claimed as ({Rest})
        select id from claimed order by id
        """;

    // Whoever rests is given at the end of the rest. Beyond a thousand that rest before the first that does not, the answer is that of the thousand: a figure for operators.
    private const string FirstDue = """
        select min(first.given) from (
          select greatest(w.due_at, coalesce((extract(epoch from w.rest_until) * 10000000)::bigint + 621355968000000000, w.due_at)) as given
          from workflow w where w.due_at is not null and w.status < 6
          order by w.due_at, w.id limit 1000
        ) first
        """;

    private const string SelectedLetters =
        "select " + Rows.DeadLetterColumns + " from dead_letter where ($1::text is null or agent = $1) and ($2::text is null or failure::json ->> 'code' = $2) " +
        "and ($3::boolean is null or (redriven is not null) = $3) and ($4::bigint is null or at >= $4) and ($5::bigint is null or at < $5) ";

    private const string LettersBehind = "and (at, workflow, step) < (select at, workflow, step from dead_letter where workflow = $7 and step = $8) ";

    private const string LetterOrder = "order by at desc, workflow desc, step desc limit $6";

    public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) =>
        source.ReadAsync((connection, cancelled) => WorkflowListing.ReadAsync(connection, query, cancelled), cancellationToken);

    public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync(
                $"select {Rows.WorkflowColumns} from workflow w where w.id = $1", Rows.Workflow, cancelled, WorkflowKey.Of(workflow)),
            cancellationToken);

    public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync(
                "select workflow, fingerprint from request where key = $1", row => new AppendOutcome.RequestSeen(Rows.Id(row, 0), row.GetString(1)), cancelled, key),
            cancellationToken);

    public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        ClaimAsync(ClaimDue, limit, rest, cancellationToken, now.UtcTicks);

    public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        ClaimAsync(ClaimOrphans, limit, rest, cancellationToken);

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) =>
        source.ReadAsync(
            async (connection, cancelled) =>
            {
                var counts = await connection.AllAsync(
                    "select status, sum(count)::bigint from workflow_count group by status having sum(count) <> 0",
                    row => KeyValuePair.Create((WorkflowStatus)row.GetInt16(0), row.GetInt64(1)),
                    cancelled);
                return counts.ToImmutableSortedDictionary();
            },
            cancellationToken);

    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync<DateTimeOffset?>(FirstDue, row => row.IsDBNull(0) ? null : Rows.Time(row.GetInt64(0)), cancelled),
            cancellationToken);

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        // An id holds no ':', a step's path may.
        var split = after?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var (workflow, step) = after is null ? (null, null) : split < 0 ? (after, "") : (after[..split], after[(split + 1)..]);
        object?[] selected = [filter.Agent, filter.Code, filter.Redriven, filter.From?.UtcTicks, filter.Before?.UtcTicks, limit];
        return source.ReadAsync(
            (connection, cancelled) => workflow is null
                ? connection.AllAsync(SelectedLetters + LetterOrder, Rows.DeadLetter, cancelled, selected)
                : connection.AllAsync(SelectedLetters + LettersBehind + LetterOrder, Rows.DeadLetter, cancelled, [.. selected, WorkflowKey.Of(new WorkflowId(workflow)), step]),
            cancellationToken);
    }

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync(
                $"select {Rows.DeadLetterColumns} from dead_letter where workflow = $1 and step = $2", Rows.DeadLetter, cancelled, WorkflowKey.Of(workflow), step.Value),
            cancellationToken);

    public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        // The status stands in the statement, so that the index of those that wait can be used. An id holds no ':', a step's path may.
        var status = filter.Status is { } one ? string.Create(CultureInfo.InvariantCulture, $" and status = {(int)one}") : "";
        var split = after?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        object?[] selected = [Rows.Text(filter.Plan), Rows.Text(filter.Approver), limit];
        object?[] position = after is null ? [] : split < 0 ? [WorkflowKey.Of(new WorkflowId(after)), ""] : [WorkflowKey.Of(new WorkflowId(after[..split])), after[(split + 1)..]];
        return source.ReadAsync(
            (connection, cancelled) => connection.AllAsync(
                "select record from approval where ($1::text is null or plan_name = $1 or plan_id = $1) and ($2::text is null or approvers is null or $2 = any(approvers))"
                    + status
                    + (after is null ? "" : " and (at, workflow, step) < (select at, workflow, step from approval where workflow = $4 and step = $5)")
                    + " order by at desc, workflow desc, step desc limit $3",
                ApprovalRows.Read,
                cancelled,
                [.. selected, .. position]),
            cancellationToken);
    }

    public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync(
                "select record from approval where workflow = $1 and step = $2", ApprovalRows.Read, cancelled, WorkflowKey.Of(workflow), step.Value),
            cancellationToken);

    public async ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "update dead_letter set redriven = $3 where workflow = $1 and step = $2", cancelled, WorkflowKey.Of(workflow), step.Value, WorkflowKey.Of(by)),
            cancellationToken);

    // A claim that a crash takes back does no harm, so nobody waits for the disk on its account.
    private ValueTask<ImmutableArray<WorkflowId>> ClaimAsync(string claim, int limit, WakeRest rest, CancellationToken cancellationToken, long? now = null) =>
        source.RunAsync(
            async (connection, cancelled) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancelled);
                var command = new NpgsqlBatchCommand(claim) { Parameters = { new() { Value = rest.Max }, new() { Value = rest.First }, new() { Value = limit } } };
                if (now is { } ticks)
                {
                    command.Parameters.Add(new() { Value = ticks });
                }

                await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { new("set local synchronous_commit = off"), command } };
                var claimed = ImmutableArray.CreateBuilder<WorkflowId>();
                await using (var rows = await batch.ExecuteReaderAsync(cancelled))
                {
                    while (await rows.ReadAsync(cancelled))
                    {
                        claimed.Add(Rows.Id(rows, 0));
                    }
                }

                await transaction.CommitAsync(cancelled);
                return claimed.DrainToImmutable();
            },
            cancellationToken);
}
