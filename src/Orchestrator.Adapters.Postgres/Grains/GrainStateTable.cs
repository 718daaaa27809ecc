using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Grains;

namespace Orchestrator.Adapters.Postgres.Grains;

/// <summary>Grains' records on PostgreSQL: each change is one statement, and its compare-and-set is the statement's own condition.</summary>
internal sealed class GrainStateTable(PostgresSource source) : IGrainStateTable
{
    public ValueTask<GrainStateRecord?> ReadAsync(string grain, string name, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.FirstAsync(
                "select state, etag from grain_state where grain = $1 and name = $2",
                row => new GrainStateRecord(row.GetFieldValue<byte[]>(0), Text(row.GetInt64(1))),
                cancelled,
                grain,
                name),
            cancellationToken);

    public ValueTask<GrainStateOutcome> WriteAsync(string grain, string name, ReadOnlyMemory<byte> state, string? etag, CancellationToken cancellationToken) =>
        source.RunAsync<GrainStateOutcome>(
            async (connection, cancelled) =>
            {
                var written = etag is null
                    ? await connection.FirstAsync(
                        "insert into grain_state (grain, name, etag, state, updated_at) values ($1, $2, nextval('grain_etag'), $3, clock_timestamp()) " +
                        "on conflict do nothing returning etag",
                        Etag,
                        cancelled,
                        grain,
                        name,
                        state.ToArray())
                    : await connection.FirstAsync(
                        "update grain_state set etag = nextval('grain_etag'), state = $3, updated_at = clock_timestamp() " +
                        "where grain = $1 and name = $2 and etag = $4 returning etag",
                        Etag,
                        cancelled,
                        grain,
                        name,
                        state.ToArray(),
                        Number(etag));
                return written is null ? await ConflictAsync(connection, grain, name, cancelled) : new GrainStateOutcome.Done(written);
            },
            cancellationToken);

    public ValueTask<GrainStateOutcome> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken) =>
        source.RunAsync<GrainStateOutcome>(
            async (connection, cancelled) =>
            {
                if (etag is not null)
                {
                    return await connection.ExecuteAsync(
                        "delete from grain_state where grain = $1 and name = $2 and etag = $3", cancelled, grain, name, Number(etag)) == 1
                        ? new GrainStateOutcome.Done(ETag: null)
                        : await ConflictAsync(connection, grain, name, cancelled);
                }

                return await ConflictAsync(connection, grain, name, cancelled) is { Stored: not null } conflict ? conflict : new GrainStateOutcome.Done(ETag: null);
            },
            cancellationToken);

    public ValueTask<ImmutableArray<KeyedGrainState>> ListAsync(string grainType, string name, string? after, int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.AllAsync(
                // A key stands after its type and a slash, and '0' is what follows a slash: a range of the primary key.
                "select grain, state from grain_state where grain > $1 and grain < $2 and name = $3 order by grain limit $4",
                row => new KeyedGrainState(row.GetString(0)[(grainType.Length + 1)..], row.GetFieldValue<byte[]>(1)),
                cancelled,
                $"{grainType}/{after}",
                grainType + "0",
                name,
                limit),
            cancellationToken);

    private static async Task<GrainStateOutcome.Conflict> ConflictAsync(NpgsqlConnection connection, string grain, string name, CancellationToken cancellationToken) =>
        new(await connection.FirstAsync("select etag from grain_state where grain = $1 and name = $2", Etag, cancellationToken, grain, name));

    private static string? Etag(NpgsqlDataReader row) => Text(row.GetInt64(0));

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    // One that is no number is none of ours, and no record has it.
    private static long Number(string etag) => long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
