using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Blobs;

/// <summary>Blobs on PostgreSQL. A put and a use take the blob's row, and so does the delete: whoever comes second sees what the first has done.</summary>
internal sealed class PostgresBlobStore(PostgresSource source, TimeProvider clock) : IBlobStore
{
    public async ValueTask WritePartAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                // Each part says that its upload goes on, so that no slow one is taken for one that was left.
                "with goes as (insert into blob_upload (upload, at) values ($1, $2) on conflict (upload) do update set at = excluded.at) " +
                "insert into blob_part (upload, number, content) values ($1, $3, $4) on conflict (upload, number) do update set content = excluded.content",
                cancelled,
                upload,
                Now,
                number,
                content.ToArray()),
            cancellationToken);

    public ValueTask<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken) => source.RunAsync(
        async (connection, cancelled) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancelled);
            var outcome = await CompleteAsync(connection, upload, blob, cancelled);
            await transaction.CommitAsync(cancelled);
            return outcome;
        },
        cancellationToken);

    public ValueTask<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken) => source.ReadAsync(
        (connection, cancelled) => connection.FirstAsync(
            "select bytes, parts, type from blob where digest = $1",
            row => new BlobSummary(digest, row.GetInt64(0), row.GetInt32(1), row.GetString(2)),
            cancelled,
            digest.ToBytes()),
        cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken) => await source.ReadAsync(
        (connection, cancelled) => connection.FirstAsync(
            "select p.content from blob b join blob_part p on p.upload = b.upload and p.number = $2 where b.digest = $1",
            row => row.GetFieldValue<byte[]>(0),
            cancelled,
            digest.ToBytes(),
            number),
        cancellationToken) is { } content ? (ReadOnlyMemory<byte>?)content : null;

    public ValueTask<ImmutableArray<BlobDigest>> UseAsync(WorkflowId workflow, ImmutableArray<BlobDigest> digests, CancellationToken cancellationToken) => source.RunAsync(
        async (connection, cancelled) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancelled);
            var keys = digests.Distinct().Select(digest => digest.ToBytes()).ToArray();

            // In one order for everybody, and held until the uses stand: a delete waits, and then finds the blob younger than it looked for.
            var kept = await connection.AllAsync(
                "select digest from blob where digest = any($1) order by digest for update", row => BlobDigest.Of(row.GetFieldValue<byte[]>(0)), cancelled, (object)keys);
            if (digests.Except(kept).ToImmutableArray() is { IsEmpty: false } missing)
            {
                return missing;
            }

            await connection.ExecuteAsync("update blob set at = $2 where digest = any($1)", cancelled, keys, Now);
            await connection.ExecuteAsync(
                "insert into blob_use (workflow, digest, unsure_at) select $1, d, $3 from unnest($2) d on conflict (workflow, digest) do update set unsure_at = excluded.unsure_at",
                cancelled,
                WorkflowKey.Of(workflow),
                keys,
                Now);
            await transaction.CommitAsync(cancelled);
            return [];
        },
        cancellationToken);

    private long Now => clock.GetUtcNow().UtcTicks;

    private async Task<BlobOutcome> CompleteAsync(NpgsqlConnection connection, string upload, BlobSummary blob, CancellationToken cancellationToken)
    {
        if (await connection.ExecuteAsync("update blob set at = $2 where digest = $1", cancellationToken, blob.Digest.ToBytes(), Now) > 0)
        {
            return await DropAsync(connection, upload, cancellationToken);
        }

        // Locked, so that the sweep does not take the parts that are being counted.
        await connection.ExecuteAsync("select from blob_upload where upload = $1 for update", cancellationToken, upload);
        var whole = await connection.FirstAsync(
            "select count(*) = $2 and coalesce(sum(length(content)), 0) = $3 from blob_part where upload = $1",
            row => row.GetBoolean(0),
            cancellationToken,
            upload,
            blob.Parts,
            blob.Bytes);
        if (!whole)
        {
            return BlobOutcome.Incomplete;
        }

        var written = await connection.ExecuteAsync(
            "insert into blob (digest, upload, bytes, parts, type, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            cancellationToken,
            blob.Digest.ToBytes(),
            upload,
            blob.Bytes,
            blob.Parts,
            blob.ContentType,
            Now);
        if (written == 0)
        {
            // Somebody else has put the same content a moment ago.
            return await DropAsync(connection, upload, cancellationToken);
        }

        await connection.ExecuteAsync("delete from blob_upload where upload = $1", cancellationToken, upload);
        return BlobOutcome.Stored;
    }

    // An upload that became this blob at an earlier call is not one to drop, and has no row.
    private static async Task<BlobOutcome> DropAsync(NpgsqlConnection connection, string upload, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("update blob_upload set at = 0 where upload = $1", cancellationToken, upload);
        return BlobOutcome.Known;
    }
}
