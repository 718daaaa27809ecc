using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Journals;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Retention;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Retention;

/// <summary>Deletes from the embedded store, in small transactions between the appends.</summary>
internal sealed class RetentionSweep : IRetention
{
    private static readonly ImmutableArray<WorkflowStatus> Final =
        [WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Cancelled, WorkflowStatus.TimedOut];

    private readonly StoreWriter writer;
    private readonly ReadPool reads;
    private readonly RetentionOptions options;
    private readonly TimeProvider clock;

    public RetentionSweep(StoreWriter writer, ReadPool reads, RetentionOptions options, TimeProvider clock)
    {
        options.Validate();
        this.writer = writer;
        this.reads = reads;
        this.options = options;
        this.clock = clock;
    }

    public async Task<RetentionReport> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return new(
            await SweepWorkflowsAsync(now, cancellationToken),
            await SweepRequestsAsync(now, cancellationToken),
            await new BlobSweep(writer, reads, options.BatchMax).SweepAsync(now - options.Blobs, cancellationToken));
    }

    private async Task<long> SweepWorkflowsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latest = now - Final.Min(options.KeptFor);
        var deleted = 0L;
        Candidate? last = null;
        while (true)
        {
            // Read outside the writer, oldest first: only what is found costs a transaction. Each is judged again inside it.
            var candidates = await reads.ReadAsync(connection => Candidates(connection, latest, last, options.BatchMax), cancellationToken);
            var expired = candidates.Where(candidate => IsExpired(candidate.Status, candidate.UpdatedAt, now)).Select(candidate => candidate.Key).ToArray();
            for (var done = 0; done < expired.Length;)
            {
                var batch = await writer.WriteAsync(new ExpireWorkflows(this, expired.AsMemory(done), now), cancellationToken);
                done += batch.Looked;
                deleted += batch.Deleted;
            }

            if (candidates.Length < options.BatchMax)
            {
                return deleted;
            }

            last = candidates[^1];
        }
    }

    private async Task<long> SweepRequestsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var total = 0L;
        int deleted;
        do
        {
            deleted = await writer.WriteAsync(new ExpireRequests(now - options.Requests, options.BatchMax), cancellationToken);
            total += deleted;
        }
        while (deleted == options.BatchMax);

        return total;
    }

    private bool IsExpired(WorkflowStatus status, DateTimeOffset updatedAt, DateTimeOffset now) =>
        status.IsFinal() && updatedAt + options.KeptFor(status) < now;

    private static ImmutableArray<Candidate> Candidates(SqliteConnection connection, DateTimeOffset createdBefore, Candidate? after, int limit)
    {
        var rows = connection
            .Prepared(
                "SELECT id, status, created_at, updated_at FROM workflow INDEXED BY workflow_created " +
                "WHERE (created_at, id) > (?1, ?2) AND created_at < ?3 AND status >= 6 ORDER BY created_at, id LIMIT ?4")
            .Bind(1, after?.CreatedAt ?? 0).Bind(2, after?.Key ?? []).Bind(3, createdBefore.UtcTicks).Bind(4, limit);
        var found = ImmutableArray.CreateBuilder<Candidate>();
        while (rows.Step())
        {
            found.Add(new(rows.Blob(0).ToArray(), (WorkflowStatus)rows.Int32(1), rows.Int64(2), WorkflowTable.Time(rows.Int64(3))));
        }

        return found.DrainToImmutable();
    }

    private sealed record Candidate(byte[] Key, WorkflowStatus Status, long CreatedAt, DateTimeOffset UpdatedAt);

    /// <summary>Deletes as many of the workflows as fit into the time of one transaction, at least one.</summary>
    private sealed class ExpireWorkflows(RetentionSweep sweep, ReadOnlyMemory<byte[]> keys, DateTimeOffset now) : StoreWrite<(int Looked, int Deleted)>
    {
        public override int Bytes => 4_096;

        protected override (int Looked, int Deleted) Run(WriterSession session)
        {
            var started = sweep.clock.GetTimestamp();
            var (looked, deleted) = (0, 0);
            do
            {
                deleted += Expire(session, keys.Span[looked++]) ? 1 : 0;
            }
            while (looked < keys.Length && sweep.clock.GetElapsedTime(started) < sweep.options.BatchTime);

            return (looked, deleted);
        }

        private bool Expire(WriterSession session, byte[] key)
        {
            var row = session.Connection.Prepared("SELECT status, updated_at, created_at, tags FROM workflow WHERE id = ?1").Bind(1, key);
            if (!row.Step())
            {
                return false;
            }

            var (status, updatedAt, createdAt, tags) =
                ((WorkflowStatus)row.Int32(0), WorkflowTable.Time(row.Int64(1)), row.Int64(2), WorkflowTable.ReadTags(row.NullableText(3)));
            row.Reset();
            if (!sweep.IsExpired(status, updatedAt, now))
            {
                return false;
            }

            foreach (var (name, value) in tags)
            {
                session.Connection.Prepared("DELETE FROM workflow_tag WHERE name = ?1 AND value = ?2 AND created_at = ?3 AND id = ?4")
                    .Bind(1, name).Bind(2, value).Bind(3, createdAt).Bind(4, key).Run();
            }

            session.Connection.Prepared("DELETE FROM dead_letter WHERE workflow = ?1").Bind(1, key).Run();
            session.Connection.Prepared("DELETE FROM approval WHERE workflow = ?1").Bind(1, key).Run();
            session.Connection.Prepared("DELETE FROM blob_use WHERE workflow = ?1").Bind(1, key).Run();
            session.Connection.Prepared("DELETE FROM journal WHERE workflow = ?1").Bind(1, key).Run();
            session.Connection.Prepared("DELETE FROM workflow WHERE id = ?1").Bind(1, key).Run();
            session.Counts.Move(status, WorkflowStatus.None);
            return true;
        }
    }

    private sealed class ExpireRequests(DateTimeOffset usedBefore, int limit) : StoreWrite<int>
    {
        public override int Bytes => 4_096;

        protected override int Run(WriterSession session)
        {
            session.Connection.Prepared("DELETE FROM request WHERE key IN (SELECT key FROM request WHERE at < ?1 ORDER BY at LIMIT ?2)")
                .Bind(1, usedBefore.UtcTicks).Bind(2, limit).Run();
            return session.Connection.Changes();
        }
    }
}
