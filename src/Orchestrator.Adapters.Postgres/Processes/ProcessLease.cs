using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Postgres.Processes;

/// <summary>This process among all that use the store: a row that says until when it counts as alive, by the server's clock, and what is known of the others.</summary>
/// <remarks>
/// A process that cannot reach the server goes on: what it appends is fenced by versions. If it is back before anybody has noticed, its lease is renewed as
/// if nothing had been; after that it counts as lost for good, and says so in its log until somebody restarts it. Who could not be heard is not lost: for the
/// length of one lease after the server's start nobody is taken for lost, nor by a process that has just begun or was itself cut off longer than its lease. So when
/// all were cut off together, whoever comes back first leaves the others the time to come back too.
/// </remarks>
internal sealed class ProcessLease : IProcessEpoch
{
    /// <summary>Writes down who has not renewed in time, though there was a server to renew at, and a process that has watched ($2) as long as the lease was. Two may notice at once; the second changes nothing.</summary>
    private const string NoteTheLost =
        """
        update processes set ended_at = renewed_until, ended = 'lost'
        where ended_at is null and epoch <> $1 and renewed_until < clock_timestamp()
          and greatest(pg_postmaster_start_time(), $2) < clock_timestamp() - (renewed_until - renewed_at)
        """;

    /// <summary>Says when the lease has run out before it was renewed: then this process knows as little of the others as they of it.</summary>
    private const string Renew =
        """
        update processes p set renewed_at = now, renewed_until = now + $2
        from clock_timestamp() now, (select renewed_until from processes where epoch = $1) before
        where p.epoch = $1 and p.ended_at is null
        returning now, before.renewed_until < now
        """;

    /// <summary>Of the processes with which this one cannot share, because it is alone ($2) or they are, the one that counts as alive longest.</summary>
    private const string FindOther =
        """
        select epoch, owner, started_at, renewed_at from processes
        where ended_at is null and owner <> $1 and ($2 or alone) and renewed_until >= clock_timestamp() order by renewed_until desc limit 1
        """;

    // Its place is taken now. If it was only cut off, it learns of it with its next renewal.
    private const string Replace =
        "update processes set ended_at = renewed_until, ended = 'lost' where ended_at is null and owner <> $1 and ($2 or alone) and renewed_until < clock_timestamp()";

    private readonly PostgresSource source;
    private readonly PostgresOptions options;
    private readonly bool alone;
    private readonly StorageLog log;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource closing = new();
    private Task renewing = Task.CompletedTask;
    private Known known = new(0, ImmutableDictionary<long, ProcessFate>.Empty);

    private long current;
    private DateTime watchingSince;
    private bool lost;
    private long skew;
    private bool skewed;

    public ProcessLease(PostgresSource source, PostgresOptions options, string owner, bool alone, StorageLog log, TimeProvider clock)
    {
        this.alone = alone;
        this.source = source;
        this.options = options;
        this.log = log;
        this.clock = clock;
        Owner = owner;
    }

    public long Current => current > 0 ? current : throw new InvalidOperationException("The store has not been opened, so this process has no epoch yet.");

    public string Owner { get; }

    public bool CountsAsLost => Volatile.Read(ref lost);

    public TimeSpan ClockSkew => TimeSpan.FromTicks(Volatile.Read(ref skew));

    /// <summary>Takes a new epoch, durable before anything is written under it, and keeps it alive.</summary>
    /// <exception cref="StoreRefusedException"><c>store.in_use</c>: another process is at work, and one of the two shares with nobody.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenWriterAsync(cancellationToken);
        var epoch = await EnterAsync(connection, cancellationToken);
        if (Owner.Length > 0)
        {
            await connection.ExecuteAsync(
                "update processes set ended_at = clock_timestamp(), ended = 'lost' where owner = $1 and ended_at is null and epoch < $2", cancellationToken, Owner, epoch);
        }

        await LearnAsync(connection, epoch, cancellationToken);
        current = epoch;
        renewing = Task.Run(RenewAsync, CancellationToken.None);
    }

    /// <summary>Waits until no process is there with which this one cannot share, and enters its row before another can come between.</summary>
    private async Task<long> EnterAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Other? seen = null;
        while (true)
        {
            await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('orchestrator processes ' || $1, 0))", cancellationToken, options.Schema);
                var other = await connection.FirstAsync(
                    FindOther,
                    row => new Other(row.GetInt64(0), row.GetString(1), row.GetDateTime(2), row.GetDateTime(3)),
                    cancellationToken,
                    Owner,
                    alone);
                if (other is null)
                {
                    await connection.ExecuteAsync(Replace, cancellationToken, Owner, alone);
                    var epoch = await connection.FirstAsync(
                        "insert into processes (owner, started_at, renewed_at, renewed_until, alone) " +
                        "select $1, now, now, now + $2, $3 from clock_timestamp() now returning epoch, renewed_at",
                        row => (Number: row.GetInt64(0), At: row.GetDateTime(1)),
                        cancellationToken,
                        Owner,
                        options.LeaseFor,
                        alone);
                    await transaction.CommitAsync(cancellationToken);
                    watchingSince = epoch.At;
                    return epoch.Number;
                }

                // One that was killed renews no more, and is out of the way when its lease has run out.
                if (seen is not null && seen.Epoch == other.Epoch && other.RenewedAt > seen.RenewedAt)
                {
                    throw new StoreRefusedException(
                        "store.in_use",
                        $"Schema {options.Schema} of the database is in use by process {other.Epoch} of {other.Owner}, since {other.StartedAt:u}. Several processes share a database as " +
                        "silos of one cluster only. Stop the other one, or give this one a schema of its own.");
                }

                seen = other.Epoch == seen?.Epoch ? seen : other;
            }

            await Task.Delay(options.LeaseEvery, clock, cancellationToken);
        }
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
                var asked = clock.GetUtcNow();
                var renewed = await connection.FirstAsync<Renewed?>(
                    Renew, row => new Renewed(row.GetDateTime(0), row.GetBoolean(1)), closing.Token, Current, options.LeaseFor);
                if (renewed is { } at)
                {
                    watchingSince = at.HadRunOut ? at.Now : watchingSince;
                    Compare(asked, at.Now, clock.GetUtcNow());
                }
                else
                {
                    Volatile.Write(ref lost, true);
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

    // The server's clock was read between the two of ours. What lies between them is no skew.
    private void Compare(DateTimeOffset before, DateTime server, DateTimeOffset after)
    {
        var at = new DateTimeOffset(server);
        var ahead = at < before ? before - at : at > after ? after - at : TimeSpan.Zero;
        Volatile.Write(ref skew, ahead.Ticks);
        var wasSkewed = skewed;
        skewed = ahead.Duration() > options.ClockSkewMax;
        if (skewed && !wasSkewed)
        {
            log.ClockIsWrong(ahead, options.ClockSkewMax);
        }
        else if (wasSkewed && !skewed)
        {
            log.WentOn("clocks agree again");
        }
    }

    private async Task LearnAsync(NpgsqlConnection connection, long epoch, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(NoteTheLost, cancellationToken, epoch, watchingSince);
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

    private readonly record struct Renewed(DateTime Now, bool HadRunOut);

    private sealed record Other(long Epoch, string Owner, DateTime StartedAt, DateTime RenewedAt);

    private sealed record Known(long Newest, ImmutableDictionary<long, ProcessFate> Fates);
}
