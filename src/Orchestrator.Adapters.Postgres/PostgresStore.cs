using Microsoft.Extensions.Logging;
using Npgsql;
using Orchestrator.Adapters.Postgres.Audits;
using Orchestrator.Adapters.Postgres.Blobs;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Adapters.Postgres.Grains;
using Orchestrator.Adapters.Postgres.Journals;
using Orchestrator.Adapters.Postgres.Processes;
using Orchestrator.Adapters.Postgres.Retention;
using Orchestrator.Adapters.Postgres.Schema;
using Orchestrator.Adapters.Postgres.Topics;
using Orchestrator.Adapters.Postgres.Writing;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Adapters.Postgres;

/// <summary>The store that many processes share: everything a cluster keeps, in one schema of a PostgreSQL database.</summary>
/// <remarks>
/// What was acknowledged survives the loss of any of our processes, and every crash of PostgreSQL that PostgreSQL itself survives. A server that is set to
/// acknowledge before it has kept is refused.
/// </remarks>
public sealed class PostgresStore : IStore
{
    private readonly PostgresOptions options;
    private readonly TimeProvider clock;
    private readonly Random random;
    private readonly StorageLog log;
    private readonly PostgresSource source;
    private readonly ProcessLease lease;
    private readonly AppendLanes lanes = new();
    private bool open;
    private bool closed;

    /// <param name="owner">Whose start this is: a name that outlives restarts, such as the silo's, and that no other process has.</param>
    /// <param name="alone">Whether this process shares the database with no other: of a runtime whose grains do not find each other across processes. Then a second one is refused.</param>
    public PostgresStore(PostgresOptions options, string owner, TimeProvider clock, Random random, ILoggerFactory loggers, bool alone = false)
    {
        options.Validate();
        this.options = options;
        this.clock = clock;
        this.random = random;
        log = new StorageLog(loggers.CreateLogger<PostgresStore>(), clock);
        source = new PostgresSource(options);
        lease = new ProcessLease(source, options, owner, alone, log, clock);
        Journal = new PostgresJournal(lanes, source);
        Index = new PostgresWorkflowIndex(source);
        Topics = new PostgresTopicLog(source);
        ApprovalBackfill = new PostgresApprovalBackfill(source);
        NewsOutbox = new PostgresNewsOutbox(source);
        News = new OutboxNews(NewsOutbox, Topics, clock);
        Blobs = new PostgresBlobStore(source, clock);
        GrainState = new GrainStateTable(source);
        Reminders = new GrainReminderTable(source);
        Audit = new PostgresJournalAudit(source);
    }

    public IProcessEpoch Epoch => lease;

    public IWorkflowJournal Journal { get; }

    public IWorkflowIndex Index { get; }

    public ITopicLog Topics { get; }

    public INewsOutbox NewsOutbox { get; }

    public IWorkflowNews News { get; }

    public IApprovalBackfill ApprovalBackfill { get; }

    public IBlobStore Blobs { get; }

    public IGrainStateTable GrainState { get; }

    public IGrainReminderTable Reminders { get; }

    public IJournalAudit Audit { get; }

    public WriterStatistics Statistics => lanes.Statistics;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (open)
        {
            return;
        }

        try
        {
            var commit = await PrepareAsync(cancellationToken);
            await source.DisposeAsync();
            source.Open(commit);
            await lease.BeginAsync(cancellationToken);
        }
        catch (Exception failure) when (PostgresFailures.IsOutside(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw PostgresFailures.ToUnavailable(failure);
        }

        lanes.Open(source, options, lease.Current, log, clock, random);
        open = true;
    }

    public IRetention Retention(RetentionOptions kept) => new RetentionSweep(source, kept, clock);

    /// <summary>Writes what is queued, says good-bye and closes all connections.</summary>
    public ValueTask DisposeAsync() => CloseAsync(inGoodOrder: true);

    /// <summary>Ends as a killed process does, for tests: nobody is told.</summary>
    internal ValueTask AbandonAsync() => CloseAsync(inGoodOrder: false);

    private async ValueTask CloseAsync(bool inGoodOrder)
    {
        if (closed)
        {
            return;
        }

        closed = true;
        await lanes.StopAsync();
        await lease.EndAsync(inGoodOrder && open);
        await source.DisposeAsync();
    }

    /// <summary>Judges the server and brings the schema up to date, on a connection of its own.</summary>
    /// <returns>The <c>synchronous_commit</c> for our sessions.</returns>
    private async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        var settings = PostgresSource.Settings(options, synchronousCommit: null, connectionsMax: 1, autoPrepare: 0);
        settings.Pooling = false;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var commit = await Durability.EnsureAsync(connection, cancellationToken);
        await StoreSchema.MigrateAsync(connection, options.Schema, SchemaMigrations.All, cancellationToken);
        return commit;
    }
}
