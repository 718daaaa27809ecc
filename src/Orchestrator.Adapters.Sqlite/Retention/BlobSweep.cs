using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;

namespace Orchestrator.Adapters.Sqlite.Retention;

/// <summary>Deletes blobs that nobody uses, and what uploads left behind that never became one.</summary>
/// <remarks>
/// In three steps. A use that is old and still unsure belongs to a workflow that came to be, and then is sure for good and goes with it, or to none, and goes.
/// A blob without uses, put or used long ago, stops being one: its parts are then an upload that was left. The parts of such uploads go a few at a time.
/// What was found by reading is judged again where it is deleted, so that a put or a use in between keeps it.
/// </remarks>
internal sealed class BlobSweep(StoreWriter writer, ReadPool reads, int batchMax)
{
    private const int PartsMax = 8;

    /// <param name="before">What was put, used or written to before this moment may go.</param>
    /// <returns>How many blobs went.</returns>
    public async Task<long> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        while (await writer.WriteAsync(new JudgeUses(before.UtcTicks, batchMax), cancellationToken) == batchMax)
        {
        }

        var (deleted, found) = (0L, batchMax);
        while (found == batchMax)
        {
            var unused = await reads.ReadAsync(
                connection => Keys(connection.Prepared(
                    "SELECT b.digest FROM blob b WHERE b.at < ?1 AND NOT EXISTS (SELECT 1 FROM blob_use u WHERE u.digest = b.digest) LIMIT ?2")
                    .Bind(1, before.UtcTicks).Bind(2, batchMax)),
                cancellationToken);
            found = unused.Count;
            deleted += found == 0 ? 0 : await writer.WriteAsync(new DropBlobs(unused, before.UtcTicks), cancellationToken);
        }

        while (await writer.WriteAsync(new DropParts(before.UtcTicks, PartsMax), cancellationToken))
        {
        }

        return deleted;
    }

    private static List<byte[]> Keys(SqliteStatement rows)
    {
        var keys = new List<byte[]>();
        while (rows.Step())
        {
            keys.Add(rows.Blob(0).ToArray());
        }

        return keys;
    }

    private sealed class JudgeUses(long before, int limit) : StoreWrite<int>
    {
        private const string Old = "SELECT workflow, digest FROM blob_use WHERE unsure_at < ?1 ORDER BY unsure_at LIMIT ?2";

        public override int Bytes => 4_096;

        protected override int Run(WriterSession session)
        {
            session.Connection.Prepared($"DELETE FROM blob_use WHERE (workflow, digest) IN ({Old}) AND NOT EXISTS (SELECT 1 FROM workflow w WHERE w.id = blob_use.workflow)")
                .Bind(1, before).Bind(2, limit).Run();
            var gone = session.Connection.Changes();
            session.Connection.Prepared($"UPDATE blob_use SET unsure_at = NULL WHERE (workflow, digest) IN ({Old}) AND EXISTS (SELECT 1 FROM workflow w WHERE w.id = blob_use.workflow)")
                .Bind(1, before).Bind(2, limit - gone).Run();
            return gone + session.Connection.Changes();
        }
    }

    private sealed class DropBlobs(List<byte[]> digests, long before) : StoreWrite<int>
    {
        private const string Unused = "WHERE digest = ?1 AND at < ?2 AND NOT EXISTS (SELECT 1 FROM blob_use u WHERE u.digest = ?1)";

        public override int Bytes => 4_096;

        protected override int Run(WriterSession session)
        {
            var gone = 0;
            foreach (var digest in digests)
            {
                session.Connection.Prepared("INSERT OR REPLACE INTO blob_upload (upload, at) SELECT upload, 0 FROM blob " + Unused).Bind(1, digest).Bind(2, before).Run();
                session.Connection.Prepared("DELETE FROM blob " + Unused).Bind(1, digest).Bind(2, before).Run();
                gone += session.Connection.Changes();
            }

            return gone;
        }
    }

    /// <summary>Deletes some parts of the oldest upload that was left, and the upload with the last of them.</summary>
    private sealed class DropParts(long before, int limit) : StoreWrite<bool>
    {
        public override int Bytes => 4_096;

        protected override bool Run(WriterSession session)
        {
            var oldest = session.Connection.Prepared("SELECT upload FROM blob_upload WHERE at < ?1 ORDER BY at LIMIT 1").Bind(1, before);
            if (!oldest.Step())
            {
                return false;
            }

            var upload = oldest.Text(0);
            oldest.Reset();
            session.Connection.Prepared("DELETE FROM blob_part WHERE rowid IN (SELECT rowid FROM blob_part WHERE upload = ?1 LIMIT ?2)").Bind(1, upload).Bind(2, limit).Run();
            if (session.Connection.Changes() < limit)
            {
                session.Connection.Prepared("DELETE FROM blob_upload WHERE upload = ?1").Bind(1, upload).Run();
            }

            return true;
        }
    }
}
