using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Blobs;

/// <summary>Blobs in the embedded store, their parts committed in the same groups as the journal.</summary>
internal sealed class SqliteBlobStore(StoreWriter writer, ReadPool reads, TimeProvider clock) : IBlobStore
{
    public async ValueTask WritePartAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new WritePart(upload, number, content.ToArray(), clock.GetUtcNow().UtcTicks), cancellationToken);

    public async ValueTask<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new Complete(upload, blob, clock.GetUtcNow().UtcTicks), cancellationToken);

    public ValueTask<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken) => reads.ReadAsync(
        connection =>
        {
            var row = connection.Prepared("SELECT bytes, parts, type FROM blob WHERE digest = ?1").Bind(1, digest.ToBytes());
            if (!row.Step())
            {
                return null;
            }

            var found = new BlobSummary(digest, row.Int64(0), row.Int32(1), row.Text(2));
            row.Reset();
            return found;
        },
        cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken) => reads.ReadAsync<ReadOnlyMemory<byte>?>(
        connection =>
        {
            var row = connection.Prepared("SELECT p.content FROM blob b JOIN blob_part p ON p.upload = b.upload AND p.number = ?2 WHERE b.digest = ?1")
                .Bind(1, digest.ToBytes()).Bind(2, number);
            if (!row.Step())
            {
                return null;
            }

            var content = row.Blob(0).ToArray();
            row.Reset();
            return content;
        },
        cancellationToken);

    public async ValueTask<ImmutableArray<BlobDigest>> UseAsync(WorkflowId workflow, ImmutableArray<BlobDigest> digests, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new Use(WorkflowKey.Of(workflow), digests, clock.GetUtcNow().UtcTicks), cancellationToken);

    private sealed class WritePart(string upload, int number, byte[] content, long at) : StoreWrite<bool>
    {
        public override int Bytes => content.Length + 512;

        protected override bool Run(WriterSession session)
        {
            // Each part says that its upload goes on, so that no slow one is taken for one that was left.
            session.Connection.Prepared("INSERT INTO blob_upload (upload, at) VALUES (?1, ?2) ON CONFLICT (upload) DO UPDATE SET at = ?2")
                .Bind(1, upload).Bind(2, at).Run();
            session.Connection.Prepared("INSERT OR REPLACE INTO blob_part (upload, number, content) VALUES (?1, ?2, ?3)")
                .Bind(1, upload).Bind(2, number).Bind(3, content).Run();
            return true;
        }
    }

    private sealed class Complete(string upload, BlobSummary blob, long at) : StoreWrite<BlobOutcome>
    {
        public override int Bytes => 1_024;

        protected override BlobOutcome Run(WriterSession session)
        {
            session.Connection.Prepared("UPDATE blob SET at = ?2 WHERE digest = ?1").Bind(1, blob.Digest.ToBytes()).Bind(2, at).Run();
            if (session.Connection.Changes() > 0)
            {
                // An upload that became this blob at an earlier call is not one to drop.
                session.Connection.Prepared("UPDATE blob_upload SET at = 0 WHERE upload = ?1").Bind(1, upload).Run();
                return BlobOutcome.Known;
            }

            var parts = session.Connection.Prepared("SELECT count(*), coalesce(sum(length(content)), 0) FROM blob_part WHERE upload = ?1").Bind(1, upload);
            _ = parts.Step();
            var whole = parts.Int64(0) == blob.Parts && parts.Int64(1) == blob.Bytes;
            parts.Reset();
            if (!whole)
            {
                return BlobOutcome.Incomplete;
            }

            session.Connection.Prepared("INSERT INTO blob (digest, upload, bytes, parts, type, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .Bind(1, blob.Digest.ToBytes()).Bind(2, upload).Bind(3, blob.Bytes).Bind(4, blob.Parts).Bind(5, blob.ContentType).Bind(6, at).Run();
            session.Connection.Prepared("DELETE FROM blob_upload WHERE upload = ?1").Bind(1, upload).Run();
            return BlobOutcome.Stored;
        }
    }

    private sealed class Use(byte[] workflow, ImmutableArray<BlobDigest> digests, long at) : StoreWrite<ImmutableArray<BlobDigest>>
    {
        public override int Bytes => (digests.Length * 256) + 256;

        protected override ImmutableArray<BlobDigest> Run(WriterSession session)
        {
            var missing = ImmutableArray.CreateBuilder<BlobDigest>();
            foreach (var digest in digests)
            {
                session.Connection.Prepared("UPDATE blob SET at = ?2 WHERE digest = ?1").Bind(1, digest.ToBytes()).Bind(2, at).Run();
                if (session.Connection.Changes() == 0)
                {
                    missing.Add(digest);
                }
            }

            foreach (var digest in missing.Count == 0 ? digests : [])
            {
                session.Connection
                    .Prepared("INSERT INTO blob_use (workflow, digest, unsure_at) VALUES (?1, ?2, ?3) ON CONFLICT (workflow, digest) DO UPDATE SET unsure_at = ?3")
                    .Bind(1, workflow).Bind(2, digest.ToBytes()).Bind(3, at).Run();
            }

            return missing.DrainToImmutable();
        }
    }
}
