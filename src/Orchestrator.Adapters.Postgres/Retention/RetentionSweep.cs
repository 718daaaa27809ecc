using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Retention;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Retention;

/// <summary>Deletes from PostgreSQL, in small transactions beside the appends. What another process is deleting or writing is passed over.</summary>
internal sealed class RetentionSweep : IRetention
{
    /// <summary>Of the counters: no writer's.</summary>
    public const int Slot = -1;

    /// <summary>Dead processes are remembered this long, so that a person can see who was there.</summary>
    private static readonly TimeSpan Processes = TimeSpan.FromDays(7);

    private static readonly ImmutableArray<WorkflowStatus> Final =
        [WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Cancelled, WorkflowStatus.TimedOut];

    private readonly PostgresSource source;
    private readonly RetentionOptions options;
    private readonly TimeProvider clock;

    public RetentionSweep(PostgresSource source, RetentionOptions options, TimeProvider clock)
    {
        options.Validate();
        this.source = source;
        this.options = options;
        this.clock = clock;
    }

    public async Task<RetentionReport> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var workflows = await SweepWorkflowsAsync(now, cancellationToken);
        var requests = await SweepRequestsAsync(now, cancellationToken);
        var blobs = await new BlobSweep(source, options.BatchMax).SweepAsync(now - options.Blobs, cancellationToken);
        await SweepProcessesAsync(cancellationToken);
        return new(workflows, requests, blobs);
    }

    private async Task<long> SweepWorkflowsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        Candidate? last = null;
        while (true)
        {
            var page = await source.RunAsync((connection, cancelled) => ExpireAsync(connection, now, last, cancelled), cancellationToken);
            deleted += page.Count(candidate => candidate.Expired);
            if (page.Length < options.BatchMax)
            {
                return deleted;
            }

            last = page[^1];
        }
    }

    /// <summary>Looks at the next finished workflows, oldest first, and deletes those that have been kept long enough, in one transaction.</summary>
    private async Task<ImmutableArray<Candidate>> ExpireAsync(NpgsqlConnection connection, DateTimeOffset now, Candidate? after, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Locked, so that no late answer is appended between this look and the deletes; each delete then sees all there is.
        var page = await connection.AllAsync(
            """
            select id, created_at, status, updated_at < (case status when 6 then $4 when 7 then $5 when 8 then $6 else $7 end) as expired
            from workflow
            where (created_at, id) > ($1, $2) and created_at < $3 and status >= 6
            order by created_at, id limit $8 for update skip locked
            """,
            row => new Candidate(row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.GetInt16(2), row.GetBoolean(3)),
            cancellationToken,
            [after?.CreatedAt ?? 0L, after?.Key ?? [], (now - Final.Min(options.KeptFor)).UtcTicks, .. Final.Select(status => (object)Limit(status)), options.BatchMax]);
        var expired = page.Where(candidate => candidate.Expired).ToArray();
        if (expired.Length > 0)
        {
            var keys = expired.Select(candidate => candidate.Key).ToArray();
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var delete in (string[])
                [
                    "delete from workflow_tag t using workflow w, lateral json_each_text(w.tags::json) g where w.id = any($1) and w.tags is not null " +
                        "and t.name = g.key and t.value = g.value and t.created_at = w.created_at and t.id = w.id",
                    "delete from dead_letter where workflow = any($1)",
                    "delete from approval where workflow = any($1)",
                    "delete from blob_use where workflow = any($1)",
                    "delete from journal where workflow = any($1)",
                    "delete from workflow where id = any($1)",
                ])
            {
                batch.BatchCommands.Add(new(delete) { Parameters = { new() { Value = keys } } });
            }

            foreach (var group in expired.GroupBy(candidate => candidate.Status).OrderBy(group => group.Key))
            {
                batch.BatchCommands.Add(new(
                    "insert into workflow_count as c (slot, status, count) values ($1, $2, $3) on conflict (slot, status) do update set count = c.count + excluded.count")
                { Parameters = { new() { Value = Slot }, new() { Value = group.Key }, new() { Value = -(long)group.Count() } } });
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return page;

        long Limit(WorkflowStatus status) => (now - options.KeptFor(status)).UtcTicks;
    }

    private async Task<long> SweepRequestsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var total = 0L;
        int deleted;
        do
        {
            deleted = await source.RunAsync(
                (connection, cancelled) => connection.ExecuteAsync(
                    "delete from request where key in (select key from request where at < $1 order by at limit $2 for update skip locked)",
                    cancelled,
                    (now - options.Requests).UtcTicks,
                    options.BatchMax),
                cancellationToken);
            total += deleted;
        }
        while (deleted == options.BatchMax);

        return total;
    }

    private async Task SweepProcessesAsync(CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "delete from processes p where renewed_until < clock_timestamp() - $1 " +
                "and not exists (select from workflow w where w.epoch = p.epoch and w.calls_out > 0 and w.status < 6)",
                cancelled,
                Processes),
            cancellationToken);

    private sealed record Candidate(byte[] Key, long CreatedAt, short Status, bool Expired);
}
