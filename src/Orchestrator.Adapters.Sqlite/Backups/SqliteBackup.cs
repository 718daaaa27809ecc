using System.Globalization;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Sqlite.Schema;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using SQLitePCL;

namespace Orchestrator.Adapters.Sqlite.Backups;

/// <summary>Copies a store into one file while it is in use, and puts such a file back.</summary>
public static class SqliteBackup
{
    // Small enough that cancelling is heard soon, large enough that the steps cost nothing beside the pages.
    private const int PagesPerStep = 1_024;

    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Writes the store of a folder, as it is at this moment, into <paramref name="file"/>.</summary>
    /// <remarks>
    /// Holds everything that was acknowledged before the call and nothing of a transaction that was not committed. Runs beside the server, in its process or in
    /// another, and holds up no append; the write-ahead log grows by what is written meanwhile. The copy is checked, and appears under its name only when it is whole.
    /// </remarks>
    /// <exception cref="StoreRefusedException">There is no store (<c>store.missing</c>), or the file exists (<c>store.exists</c>), or what was copied is damaged (<c>store.damaged</c>).</exception>
    /// <exception cref="StorageUnavailableException">A disk is away or full.</exception>
    public static Task<BackupReport> CreateAsync(string dataFolder, string file, CancellationToken cancellationToken) =>
        Task.Run(() => Guard(() => Create(DataFolder.DatabaseFileIn(dataFolder), Path.GetFullPath(file), cancellationToken)), cancellationToken);

    /// <summary>Makes <paramref name="file"/> the store of a folder that nobody has in use.</summary>
    /// <remarks>
    /// The file is checked first, and only then anything is touched. With <paramref name="replace"/> an existing store is not deleted: it becomes
    /// <c>orchestrator.db.before-restore</c>. The next start has a higher epoch than the backup and the store it replaces ever had,
    /// so that no process or agent takes it for an earlier one.
    /// </remarks>
    /// <exception cref="StoreRefusedException">
    /// <c>store.in_use</c>, <c>store.exists</c>, <c>store.missing</c>, <c>store.foreign</c>, <c>store.newer</c> or <c>store.damaged</c>.
    /// </exception>
    /// <exception cref="StorageUnavailableException">A disk is away or full.</exception>
    public static Task<BackupReport> RestoreAsync(string file, string dataFolder, bool replace, TimeProvider clock, CancellationToken cancellationToken) =>
        Task.Run(
            () => Guard(() =>
            {
                if (DataFolder.TryOpen(dataFolder, clock) is not DataFolderOpening.Opened { Folder: var folder })
                {
                    throw new StoreRefusedException("store.in_use", $"{Path.GetFullPath(dataFolder)} is in use: stop its server first.");
                }

                using (folder)
                {
                    return Restore(Path.GetFullPath(file), folder.DatabaseFile, replace, clock, cancellationToken);
                }
            }),
            cancellationToken);

    private static BackupReport Create(string database, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(database))
        {
            throw new StoreRefusedException("store.missing", $"There is no store at {database}.");
        }

        if (File.Exists(file))
        {
            throw new StoreRefusedException("store.exists", $"{file} exists. A backup never overwrites.");
        }

        var draft = file + ".partial";
        Copy(database, draft, cancellationToken);
        var report = Check(draft);
        Flush(draft);
        File.Move(draft, file);
        return report;
    }

    private static BackupReport Restore(string file, string database, bool replace, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new StoreRefusedException("store.missing", $"There is no backup at {file}.");
        }

        if (File.Exists(database) && !replace)
        {
            throw new StoreRefusedException("store.exists", $"{database} exists. Restore into an empty folder, or ask for it to be replaced.");
        }

        if (StoreSchema.Inspect(file) == 0)
        {
            throw new StoreRefusedException("store.foreign", $"{file} is empty, not a backup.");
        }

        var draft = database + ".restoring";
        Copy(file, draft, cancellationToken);
        var report = Check(draft);
        RaiseEpoch(draft, HighestEpoch(database), clock);
        Flush(draft);

        // The log first: a log left beside a database that is not its own would be played into it.
        foreach (var suffix in (string[])["-wal", "-shm", ""])
        {
            if (File.Exists(database + suffix))
            {
                File.Move(database + suffix, database + ".before-restore" + suffix, overwrite: true);
            }
        }

        File.Move(draft, database);
        return report;
    }

    private static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        DeleteDraft(to);
        try
        {
            using var source = SqliteConnection.OpenReadOnly(from, BusyTimeout);
            using var target = SqliteConnection.OpenReadWrite(to, BusyTimeout);

            // One transaction holds one moment of the store. Without it the copy would begin again whenever something is written.
            source.Execute("BEGIN");
            _ = source.Scalar("SELECT count(*) FROM sqlite_master");
            using (var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main"))
            {
                int code;
                do
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    code = raw.sqlite3_backup_step(backup, PagesPerStep);
                }
                while (code == raw.SQLITE_OK);

                if (code != raw.SQLITE_DONE)
                {
                    throw new SqliteFailureException(code, $"copying {from} to {to}", raw.sqlite3_errmsg(target.Handle).utf8_to_string());
                }
            }

            source.Execute("COMMIT");

            // One file, with no log beside it, so that it can be carried anywhere.
            _ = target.ScalarText("PRAGMA journal_mode = DELETE");
        }
        catch
        {
            DeleteDraft(to);
            throw;
        }
    }

    private static BackupReport Check(string draft)
    {
        try
        {
            using var connection = SqliteConnection.OpenReadOnly(draft, BusyTimeout);
            if (connection.ScalarText("PRAGMA integrity_check(1)") is var found and not "ok")
            {
                throw new StoreRefusedException("store.damaged", $"The copy is damaged: {found}");
            }

            return new(
                new FileInfo(draft).Length,
                (int)connection.Scalar("PRAGMA user_version"),
                connection.Scalar("SELECT coalesce(max(number), 0) FROM epoch"),
                connection.Scalar("SELECT coalesce(sum(count), 0) FROM workflow_count"));
        }
        catch (Exception failure)
        {
            DeleteDraft(draft);
            if (failure is SqliteFailureException { Code: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } damage)
            {
                throw new StoreRefusedException("store.damaged", $"The copy is damaged: {damage.Message}", damage);
            }

            throw;
        }
    }

    private static long HighestEpoch(string database)
    {
        if (!File.Exists(database))
        {
            return 0;
        }

        try
        {
            using var connection = SqliteConnection.OpenReadOnly(database, BusyTimeout);
            return connection.Scalar("SELECT coalesce(max(number), 0) FROM epoch");
        }
        catch (SqliteFailureException)
        {
            // Damaged, which may be why it is replaced.
            return 0;
        }
    }

    private static void RaiseEpoch(string draft, long atLeast, TimeProvider clock)
    {
        using var connection = SqliteConnection.OpenReadWrite(draft, BusyTimeout);
        using var raise = connection.Prepare(
            "INSERT INTO epoch (number, started_at, process_id) SELECT 1 + max(?1, coalesce(max(number), 0)), ?2, ?3 FROM epoch");
        raise.Bind(1, atLeast).Bind(2, clock.GetUtcNow().UtcTicks).Bind(3, Environment.ProcessId).Run();
    }

    private static void Flush(string draft)
    {
        using var written = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }

    private static void DeleteDraft(string draft)
    {
        foreach (var suffix in (string[])["-journal", "-wal", "-shm", ""])
        {
            File.Delete(draft + suffix);
        }
    }

    private static BackupReport Guard(Func<BackupReport> work)
    {
        try
        {
            return work();
        }
        catch (SqliteFailureException failure) when (failure.Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw new StoreRefusedException("store.damaged", failure.Message, failure);
        }
        catch (SqliteFailureException failure) when (failure.Outside)
        {
            throw failure.ToUnavailable();
        }
    }
}
