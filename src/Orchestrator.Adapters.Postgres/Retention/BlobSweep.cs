using Orchestrator.Adapters.Postgres.Connections;

namespace Orchestrator.Adapters.Postgres.Retention;

/// <summary>Deletes blobs that nobody uses, and what uploads left behind that never became one.</summary>
/// <remarks>
/// In three steps. A use that is old and still unsure belongs to a workflow that came to be, and then is sure for good and goes with it, or to none, and goes.
/// A blob without uses, put or used long ago, stops being one: its parts are then an upload that was left. The parts of such uploads go last.
/// Each statement judges again what it has waited for, so that a put or a use in between keeps it.
/// </remarks>
internal sealed class BlobSweep(PostgresSource source, int batchMax)
{
    /// <param name="before">What was put, used or written to before this moment may go.</param>
    /// <returns>How many blobs went.</returns>
    public async Task<long> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        const string OldUses = "(workflow, digest) in (select workflow, digest from blob_use where unsure_at < $1 order by unsure_at limit $2 for update skip locked) and unsure_at < $1";
        await RepeatAsync(
            before,
            cancellationToken,
            $"delete from blob_use where {OldUses} and not exists (select from workflow w where w.id = blob_use.workflow)",
            $"update blob_use set unsure_at = null where {OldUses} and exists (select from workflow w where w.id = blob_use.workflow)");
        var blobs = await RepeatAsync(
            before,
            cancellationToken,
            """
            with gone as (
              delete from blob where at < $1 and digest in (
                select b.digest from blob b where b.at < $1 and not exists (select from blob_use u where u.digest = b.digest) limit $2 for update skip locked)
              returning upload)
            insert into blob_upload (upload, at) select upload, 0 from gone on conflict (upload) do update set at = 0
            """);
        await RepeatAsync(
            before,
            cancellationToken,
            """
            with gone as (
              delete from blob_upload where at < $1 and upload in (select upload from blob_upload where at < $1 order by at limit least($2, 20) for update skip locked)
              returning upload)
            delete from blob_part where upload in (select upload from gone)
            """);
        return blobs;
    }

    /// <summary>Runs the statements until they change nothing more.</summary>
    private async Task<long> RepeatAsync(DateTimeOffset before, CancellationToken cancellationToken, params string[] statements)
    {
        var total = 0L;
        int changed;
        do
        {
            changed = 0;
            foreach (var statement in statements)
            {
                changed += await source.RunAsync((connection, cancelled) => connection.ExecuteAsync(statement, cancelled, before.UtcTicks, batchMax), cancellationToken);
            }

            total += changed;
        }
        while (changed > 0);

        return total;
    }
}
