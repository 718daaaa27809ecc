using Orchestrator.Adapters.Sqlite.Audits;
using Orchestrator.Adapters.Sqlite.Blobs;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Sqlite.Grains;
using Orchestrator.Adapters.Sqlite.Journals;
using Orchestrator.Adapters.Sqlite.Retention;
using Orchestrator.Adapters.Sqlite.Schema;
using Orchestrator.Adapters.Sqlite.Topics;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Adapters.Sqlite;

/// <summary>The embedded store: everything one process keeps, in one SQLite file of its data folder.</summary>
/// <remarks>
/// What was acknowledged survives the loss of the process and of the machine's power (write-ahead log, <c>synchronous=FULL</c>), as far as the disk
/// tells the truth about what it has written. One process has a folder at a time: <see cref="DataFolder"/> sees to it.
/// </remarks>
public sealed class SqliteStore : IStore
{
    private readonly TimeProvider clock;
    private readonly ReadPool reads;
    private readonly StoreWriter writer;
    private bool closing;

    private SqliteStore(DataFolder folder, SqliteOptions options, IProcessEpoch epoch, TimeProvider clock)
    {
        Folder = folder;
        Epoch = epoch;
        this.clock = clock;
        reads = new ReadPool(options.ReadConnections, () => OpenReader(folder.DatabaseFile, options));
        writer = new StoreWriter(options, () => new WriterSession(OpenWriter(folder.DatabaseFile, options)));
        Journal = new SqliteJournal(writer, reads);
        Topics = new SqliteTopicLog(writer, reads);
        Index = new SqliteWorkflowIndex(writer, reads, epoch.Current);
        News = new SqliteWorkflowNews(reads);
        ApprovalBackfill = new SqliteApprovalBackfill(writer, reads);
        Blobs = new SqliteBlobStore(writer, reads, clock);
        GrainState = new GrainStateTable(writer, reads, clock, epoch.Current);
        Reminders = new GrainReminderTable(writer, reads);
        Audit = new SqliteJournalAudit(reads);
    }

    public DataFolder Folder { get; }

    public IProcessEpoch Epoch { get; }

    public IWorkflowJournal Journal { get; }

    public IWorkflowIndex Index { get; }

    public ITopicLog Topics { get; }

    public IWorkflowNews News { get; }

    public IApprovalBackfill ApprovalBackfill { get; }

    public IBlobStore Blobs { get; }

    public IGrainStateTable GrainState { get; }

    public IGrainReminderTable Reminders { get; }

    public IJournalAudit Audit { get; }

    public WriterStatistics Statistics => writer.Statistics;

    /// <summary>Opens the store of a folder this process has taken: makes it, or brings its schema up to date, and begins a new epoch.</summary>
    /// <exception cref="StoreRefusedException">The file is another program's, or a newer version's. It has not been touched.</exception>
    /// <exception cref="StorageUnavailableException">The disk is away, full or read-only, or another program holds the file.</exception>
    public static SqliteStore Open(DataFolder folder, SqliteOptions options, TimeProvider clock)
    {
        options.Validate();
        try
        {
            _ = StoreSchema.Inspect(folder.DatabaseFile);
            using var connection = OpenWriter(folder.DatabaseFile, options);
            StoreSchema.Migrate(connection, folder.DatabaseFile, SchemaMigrations.All);
            return new(folder, options, ProcessEpoch.Begin(connection, clock), clock);
        }
        catch (SqliteFailureException failure) when (failure.Outside)
        {
            throw failure.ToUnavailable();
        }
    }

    /// <summary>Changes nothing: <see cref="Open"/> makes none that is closed.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => default;

    /// <summary>What deletes from this store. Whoever hosts the store runs it.</summary>
    public IRetention Retention(RetentionOptions kept) => new RetentionSweep(writer, reads, kept, clock);

    /// <summary>Writes what is queued and that this process leaves in good order, then closes the file. The folder stays taken until its owner gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!closing)
        {
            closing = true;
            await LeaveAsync();
        }

        // The writer's connection goes last, for the last one to go puts the write-ahead log into the database file.
        reads.Dispose();
        await writer.StopAsync();
    }

    private async Task LeaveAsync()
    {
        try
        {
            await writer.WriteAsync(new ProcessEpoch.LeaveWrite(Epoch.Current, clock.GetUtcNow()), CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // A process that cannot say goodbye counts as lost. That costs a step that it interrupted one of its five crashes, and nothing else.
        }
    }

    internal static SqliteConnection OpenWriter(string file, SqliteOptions options)
    {
        var connection = SqliteConnection.OpenReadWrite(file, options.BusyTimeout);
        try
        {
            connection.Execute($"PRAGMA page_size = {options.PageSize}");
            if (connection.ScalarText("PRAGMA journal_mode = WAL") is var mode and not "wal")
            {
                throw new StoreRefusedException("store.foreign", $"{file} cannot use a write-ahead log (its journal mode is {mode}): is it on a network disk?");
            }

            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute($"PRAGMA wal_autocheckpoint = {options.CheckpointPages}");
            connection.Execute($"PRAGMA cache_size = -{options.WriterCacheKiB}");
            connection.Execute($"PRAGMA max_page_count = {options.PagesMax}");
            connection.Execute("PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteConnection OpenReader(string file, SqliteOptions options)
    {
        var connection = SqliteConnection.OpenReadOnly(file, options.BusyTimeout);
        connection.Execute($"PRAGMA cache_size = -{options.ReaderCacheKiB}");
        return connection;
    }
}
