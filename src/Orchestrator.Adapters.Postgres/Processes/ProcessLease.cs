using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Postgres.Processes;

/// <summary>This process among all that use the store: a row that says until when it counts as alive, by the server's clock, and what is known of the others.</summary>
/// <remarks>
/// A process that cannot reach the server goes on: what it appends is fenced by versions. If it is back before anybody has noticed, its lease is renewed as
/// if nothing had been; after that it counts as lost for good, and says so in its log until somebody restarts it. After an outage of the server nobody has been
/// able to renew, so for the length of one lease after its start nobody is taken for lost.
/// </remarks>
internal sealed class ProcessLease : IProcessEpoch
{
    /// <summary>Writes down who has not renewed in time, though there was a server to renew at. Two processes may notice at once; the second changes nothing.</summary>
    private const string NoteTheLost =
        """
        update processes set ended_at = renewed_until, ended = 'lost'
        where ended_at is null and epoch <> $1 and renewed_until < clock_timestamp()
          and pg_postmaster_start_time() < clock_timestamp() - (renewed_until - renewed_at)
        """;

    private readonly PostgresSource source;
    private readonly PostgresOptions options;
    private readonly StorageLog log;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource closing = new();
    private Task renewing = Task.CompletedTask;
    private Known known = new(0, ImmutableDictionary<long, ProcessFate>.Empty);

    private long current;

    public ProcessLease(PostgresSource source, PostgresOptions options, string owner, StorageLog log, TimeProvider clock)
    {
        this.source = source;
        this.options = options;
        this.log = log;
        this.clock = clock;
        Owner = owner;
    }

    public long Current => current > 0 ? current : throw new InvalidOperationException("The store has not been opened, so this process has no epoch yet.");

    public string Owner { get; }

    /// <summary>Takes a new epoch, durable before anything is written under it, and keeps it alive.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenWriterAsync(cancellationToken);
        var epoch = await connection.FirstAsync(
            "insert into processes (owner, started_at, renewed_at, renewed_until) " +
            "select $1, now, now, now + $2 from clock_timestamp() now returning epoch",
            row => row.GetInt64(0),
            cancellationToken,
            Owner,
            options.LeaseFor);
        if (Owner.Length > 0)
        {
            await connection.ExecuteAsync(
                "update processes set ended_at = clock_timestamp(), ended = 'lost' where owner = $1 and ended_at is null and epoch < $2", cancellationToken, Owner, epoch);
        }

        await LearnAsync(connection, epoch, cancellationToken);
        current = epoch;
        renewing = Task.Run(RenewAsync, CancellationToken.None);
    }

    public ProcessFate FateOf(long epoch)
    {
        var (newest, fates) = Volatile.Read(ref known);
        return epoch == current || epoch > newest ? ProcessFate.Running : fates.GetValueOrDefault(epoch, ProcessFate.Lost);
    }

    /// <param name="inGoodOrder">
    /// Says good-bye: what this process owed may be taken over at once, and nobody counts it as a crash. When the server is away, the lease runs out.
    /// </param>
    public async Task EndAsync(bool inGoodOrder)
    {
        await closing.CancelAsync();
        await renewing;
        closing.Dispose();
        if (!inGoodOrder)
        {
            return;
        }

        try
        {
            await using var connection = await source.OpenWriterAsync(CancellationToken.None);
            await connection.ExecuteAsync(
                "update processes set ended_at = clock_timestamp(), ended = 'left' where epoch = $1 and ended_at is null", CancellationToken.None, Current);
        }
        catch (Exception failure) when (PostgresFailures.IsOutside(failure))
        {
            log.Failed("leaving", failure);
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(options.LeaseEvery, clock, closing.Token);
                await using var connection = await source.OpenWriterAsync(closing.Token);
                if (await connection.ExecuteAsync(
                    "update processes set renewed_at = now, renewed_until = now + $2 from clock_timestamp() now where epoch = $1 and ended_at is null",
                    closing.Token,
                    Current,
                    options.LeaseFor) == 0)
                {
                    log.CountsAsLost(Current);
                }

                await LearnAsync(connection, Current, closing.Token);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it was: a process that stopped renewing would be taken for lost while it lives.
                log.Failed("renewing the lease", failure);
            }
        }
    }

    private async Task LearnAsync(NpgsqlConnection connection, long epoch, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(NoteTheLost, cancellationToken, epoch);
        var rows = await connection.AllAsync(
            "select epoch, ended from processes", row => KeyValuePair.Create(row.GetInt64(0), Fate(row.IsDBNull(1) ? null : row.GetString(1))), cancellationToken);
        Volatile.Write(ref known, new Known(rows.Max(row => row.Key), rows.ToImmutableDictionary()));
    }

    private static ProcessFate Fate(string? ended) => ended switch
    {
        null => ProcessFate.Running,
        "left" => ProcessFate.Left,
        _ => ProcessFate.Lost,
    };

    private sealed record Known(long Newest, ImmutableDictionary<long, ProcessFate> Fates);
}
