using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Grains;

namespace Orchestrator.Adapters.Sqlite.Grains;

/// <summary>Grains' records in the embedded store, committed in the same groups as the journal.</summary>
internal sealed class GrainStateTable : IGrainStateTable
{
    // The epoch and a count make an ETag that no record of this store ever had before, also when it was cleared and written anew in between.
    private const int CountBits = 40;

    private readonly StoreWriter writer;
    private readonly ReadPool reads;
    private readonly TimeProvider clock;
    private readonly long epoch;
    private long writes;

    public GrainStateTable(StoreWriter writer, ReadPool reads, TimeProvider clock, long epoch)
    {
        this.writer = writer;
        this.reads = reads;
        this.clock = clock;
        this.epoch = epoch;
    }

    public ValueTask<GrainStateRecord?> ReadAsync(string grain, string name, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection =>
            {
                var row = connection.Prepared("SELECT etag, state FROM grain_state WHERE grain = ?1 AND name = ?2").Bind(1, grain).Bind(2, name);
                if (!row.Step())
                {
                    return null;
                }

                var record = new GrainStateRecord(row.Blob(1).ToArray(), Text(row.Int64(0)));
                row.Reset();
                return record;
            },
            cancellationToken);

    public async ValueTask<GrainStateOutcome> WriteAsync(
        string grain, string name, ReadOnlyMemory<byte> state, string? etag, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new ChangeWrite(this, grain, name, state.ToArray(), etag), cancellationToken);

    public async ValueTask<GrainStateOutcome> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new ChangeWrite(this, grain, name, state: null, etag), cancellationToken);

    public ValueTask<ImmutableArray<KeyedGrainState>> ListAsync(string grainType, string name, string? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection =>
            {
                // A key stands after its type and a slash, and '0' is what follows a slash: a range of the primary key.
                var rows = connection.Prepared("SELECT grain, state FROM grain_state WHERE grain > ?1 AND grain < ?2 AND name = ?3 ORDER BY grain LIMIT ?4")
                    .Bind(1, $"{grainType}/{after}").Bind(2, grainType + "0").Bind(3, name).Bind(4, limit);
                var records = ImmutableArray.CreateBuilder<KeyedGrainState>();
                while (rows.Step())
                {
                    records.Add(new(rows.Text(0)[(grainType.Length + 1)..], rows.Blob(1).ToArray()));
                }

                return records.DrainToImmutable();
            },
            cancellationToken);

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    private long NextEtag() => (epoch << CountBits) + Interlocked.Increment(ref writes);

    private sealed class ChangeWrite(GrainStateTable table, string grain, string name, byte[]? state, string? etag) : StoreWrite<GrainStateOutcome>
    {
        public override int Bytes => (state?.Length ?? 0) + 256;

        protected override GrainStateOutcome Run(WriterSession session)
        {
            if (Stored(session.Connection) is var stored && stored != etag)
            {
                return new GrainStateOutcome.Conflict(stored);
            }

            if (state is null)
            {
                session.Connection.Prepared("DELETE FROM grain_state WHERE grain = ?1 AND name = ?2").Bind(1, grain).Bind(2, name).Run();
                return new GrainStateOutcome.Done(ETag: null);
            }

            var next = table.NextEtag();
            session.Connection
                .Prepared("INSERT OR REPLACE INTO grain_state (grain, name, etag, state, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)")
                .Bind(1, grain).Bind(2, name).Bind(3, next).Bind(4, state).Bind(5, table.clock.GetUtcNow().UtcTicks)
                .Run();
            return new GrainStateOutcome.Done(Text(next));
        }

        private string? Stored(SqliteConnection connection)
        {
            var row = connection.Prepared("SELECT etag FROM grain_state WHERE grain = ?1 AND name = ?2").Bind(1, grain).Bind(2, name);
            if (!row.Step())
            {
                return null;
            }

            var found = Text(row.Int64(0));
            row.Reset();
            return found;
        }
    }
}
