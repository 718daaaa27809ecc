using Npgsql;

namespace Orchestrator.Adapters.Postgres.Connections;

/// <summary>Where connections come from: a small pool for those that write and say that we live, another for everything else, so that long lists hold up neither.</summary>
internal sealed class PostgresSource(PostgresOptions options) : IAsyncDisposable
{
    private NpgsqlDataSource? writers;
    private NpgsqlDataSource? readers;

    /// <param name="synchronousCommit">What each session sets, so that nobody who changes the server's default changes what we acknowledge.</param>
    public void Open(string synchronousCommit)
    {
        // Besides the writers one renews the lease and one is spare, for a writer whose broken connection is still being closed.
        writers = NpgsqlDataSource.Create(Settings(options, synchronousCommit, options.Writers + 2, autoPrepare: 8));
        readers = NpgsqlDataSource.Create(Settings(options, synchronousCommit, options.ReadConnections, autoPrepare: 64));
    }

    public ValueTask<NpgsqlConnection> OpenWriterAsync(CancellationToken cancellationToken) => Opened(writers).OpenConnectionAsync(cancellationToken);

    /// <summary>Runs statements on a free connection, waiting for one if need be.</summary>
    /// <exception cref="Orchestrator.Execution.Journals.StorageUnavailableException">The store is away. Whether a change was made is unknown.</exception>
    public ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> statements, CancellationToken cancellationToken) =>
        RunAsync(statements, changesNothing: false, cancellationToken);

    /// <summary>The same for queries that change nothing: when a pooled connection turns out to have been closed by the server, another one is asked.</summary>
    public ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> queries, CancellationToken cancellationToken) =>
        RunAsync(queries, changesNothing: true, cancellationToken);

    private async ValueTask<T> RunAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> statements, bool changesNothing, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var asked = false;
            try
            {
                await using var connection = await Opened(readers).OpenConnectionAsync(cancellationToken);
                asked = true;
                return await statements(connection, cancellationToken);
            }
            catch (Exception failure) when (tries < RacesMax && (PostgresFailures.IsRace(failure) || (changesNothing && asked && PostgresFailures.IsClosed(failure))))
            {
                // A race: the server has rolled it back, and the next try sees what the other has done.
            }
            catch (Exception failure) when (PostgresFailures.IsOutside(failure) && !cancellationToken.IsCancellationRequested)
            {
                throw PostgresFailures.ToUnavailable(failure);
            }
        }
    }

    /// <summary>How often something that lost a race against another transaction is run again at once.</summary>
    public const int RacesMax = 8;

    public async ValueTask DisposeAsync()
    {
        if (readers is not null && writers is not null)
        {
            await readers.DisposeAsync();
            await writers.DisposeAsync();
        }
    }

    private static NpgsqlDataSource Opened(NpgsqlDataSource? pool) => pool ?? throw new InvalidOperationException("The store is used before it has been opened.");

    internal static NpgsqlConnectionStringBuilder Settings(PostgresOptions options, string? synchronousCommit, int connectionsMax, int autoPrepare)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = options.Schema,
            ApplicationName = "orchestrator",
            MaxPoolSize = connectionsMax,
            MinPoolSize = 0,
            MaxAutoPrepare = autoPrepare,
            AutoPrepareMinUsages = 2,
            CommandTimeout = Seconds(options.CommandTimeout),
            Timeout = Seconds(options.ConnectTimeout),
            KeepAlive = Seconds(options.CommandTimeout),
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
        };

        // As the session's own defaults, so that they outlast the reset between two users of a pooled connection.
        var session = "-c default_transaction_isolation=read\\ committed -c jit=off";
        session += synchronousCommit is null ? "" : $" -c synchronous_commit={synchronousCommit}";
        settings.Options = string.IsNullOrEmpty(settings.Options) ? session : settings.Options + " " + session;
        return settings;
    }

    private static int Seconds(TimeSpan span) => (int)Math.Ceiling(span.TotalSeconds);
}
