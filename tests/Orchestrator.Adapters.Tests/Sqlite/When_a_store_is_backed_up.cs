using System.Collections.Concurrent;
using Orchestrator.Adapters.Sqlite.Backups;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Sqlite.Schema;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_a_store_is_backed_up : IDisposable
{
    private readonly TemporaryFolder source = new();
    private readonly TemporaryFolder target = new();

    private string File1 => target.File("backup.db");

    private string Restored => target.File("restored");

    private static CancellationToken None => CancellationToken.None;

    public void Dispose()
    {
        source.Dispose();
        target.Dispose();
    }

    [Fact]
    public async Task under_load_it_holds_everything_acknowledged_before_it_began()
    {
        var acknowledged = new ConcurrentBag<int>();
        int[] before;
        BackupReport report;
        await using (var open = OpenStore.In(source.Path))
        {
            using var enough = new CancellationTokenSource();
            var someAreKept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var number = 0;
            var load = Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
            {
                while (!enough.IsCancellationRequested)
                {
                    var n = Interlocked.Increment(ref number);
                    (await open.Store.Journal.AppendAsync(Accept(Id(n)), None)).ShouldBe(AppendOutcome.Appended.Instance);
                    acknowledged.Add(n);
                    if (acknowledged.Count > 2_000)
                    {
                        someAreKept.TrySetResult();
                    }
                }
            }));

            await someAreKept.Task;
            before = [.. acknowledged];
            report = await SqliteBackup.CreateAsync(source.Path, File1, None);
            await enough.CancelAsync();
            await load;
            acknowledged.Count.ShouldBeGreaterThan(before.Length, "nothing was written during the backup");
        }

        report.Workflows.ShouldBeGreaterThanOrEqualTo(before.Length);
        Directory.GetFiles(target.Path).ShouldBe([File1]);
        await SqliteBackup.RestoreAsync(File1, Restored, replace: false, TimeProvider.System, None);

        await using var restored = OpenStore.In(Restored);
        foreach (var n in before)
        {
            (await restored.Store.Index.FindAsync(Id(n), None)).ShouldNotBeNull();
            (await restored.Store.Journal.ReadAsync(Id(n), after: 0, limit: 10, None)).ShouldHaveSingleItem();
        }

        (await restored.Store.Index.CountAsync(None)).Values.Sum().ShouldBe(report.Workflows);
        restored.Store.Epoch.Current.ShouldBeGreaterThan(report.Epoch);
        (await restored.Store.Journal.AppendAsync(Start(Accept(Id(before[0]))), None)).ShouldBe(AppendOutcome.Appended.Instance);
    }

    [Fact]
    public async Task a_store_that_is_replaced_stays_beside_the_restored_one_and_its_epochs_are_not_used_again()
    {
        await Start(source.Path, Accept(Id(1)));
        await SqliteBackup.CreateAsync(source.Path, File1, None);
        await Start(source.Path, Accept(Id(2)));
        await Start(source.Path);

        (await Should.ThrowAsync<StoreRefusedException>(() => Restore(source.Path, replace: false))).Code.ShouldBe("store.exists");
        await Restore(source.Path, replace: true);

        await using var open = OpenStore.In(source.Path);
        open.Store.Epoch.Current.ShouldBeGreaterThan(3);
        (await open.Store.Index.FindAsync(Id(1), None)).ShouldNotBeNull();
        (await open.Store.Index.FindAsync(Id(2), None)).ShouldBeNull();
        File.Exists(DataFolder.DatabaseFileIn(source.Path) + ".before-restore").ShouldBeTrue();
    }

    [Fact]
    public async Task a_store_in_use_is_not_restored_into()
    {
        await Start(source.Path, Accept(Id(1)));
        await SqliteBackup.CreateAsync(source.Path, File1, None);
        await using var open = OpenStore.In(source.Path);

        (await Should.ThrowAsync<StoreRefusedException>(() => Restore(source.Path, replace: true))).Code.ShouldBe("store.in_use");
    }

    [Fact]
    public async Task a_damaged_backup_is_refused_and_the_store_left_alone()
    {
        await Start(source.Path, Enumerable.Range(1, 200).Select(n => Accept(Id(n))).ToArray());
        await SqliteBackup.CreateAsync(source.Path, File1, None);
        await using (var backup = new FileStream(File1, FileMode.Open, FileAccess.ReadWrite))
        {
            // The pages between the schema and the end.
            backup.Position = backup.Length / 3;
            backup.Write(new byte[(int)(backup.Length / 3)]);
        }

        (await Should.ThrowAsync<StoreRefusedException>(() => Restore(source.Path, replace: true))).Code.ShouldBe("store.damaged");

        await using var open = OpenStore.In(source.Path);
        (await open.Store.Index.CountAsync(None))[WorkflowStatus.Queued].ShouldBe(200);
        Directory.GetFiles(source.Path).ShouldNotContain(file => file.Contains("restor"));
    }

    [Fact]
    public async Task what_is_no_backup_or_a_newer_one_is_refused()
    {
        await File.WriteAllTextAsync(target.File("diary"), "Dear diary, " + new string('.', 5_000));
        await Start(source.Path, Accept(Id(1)));
        await SqliteBackup.CreateAsync(source.Path, File1, None);
        using (var connection = SqliteConnection.OpenReadWrite(File1, TimeSpan.Zero))
        {
            connection.Execute("PRAGMA user_version = 1000");
        }

        (await Refused(target.File("diary"))).Code.ShouldBe("store.foreign");
        (await Refused(target.File("nothing"))).Code.ShouldBe("store.missing");
        (await Refused(File1)).Code.ShouldBe("store.newer");
        File.Exists(DataFolder.DatabaseFileIn(Restored)).ShouldBeFalse();

        Task<StoreRefusedException> Refused(string file) =>
            Should.ThrowAsync<StoreRefusedException>(() => SqliteBackup.RestoreAsync(file, Restored, replace: true, TimeProvider.System, None));
    }

    [Fact]
    public async Task it_never_overwrites_a_file_and_needs_a_store()
    {
        (await Should.ThrowAsync<StoreRefusedException>(() => SqliteBackup.CreateAsync(source.Path, File1, None))).Code.ShouldBe("store.missing");
        await Start(source.Path, Accept(Id(1)));
        await SqliteBackup.CreateAsync(source.Path, File1, None);

        (await Should.ThrowAsync<StoreRefusedException>(() => SqliteBackup.CreateAsync(source.Path, File1, None))).Code.ShouldBe("store.exists");
    }

    /// <summary>One start of a process, with what it appends.</summary>
    private static async Task Start(string folder, params JournalAppend[] appends)
    {
        await using var open = OpenStore.In(folder);
        await Task.WhenAll(appends.Select(append => open.Store.Journal.AppendAsync(append, None).AsTask()));
    }

    private static JournalAppend Start(JournalAppend last) => Orchestrator.Testing.Journals.SampleAppends.Start(last);

    private Task<BackupReport> Restore(string folder, bool replace) => SqliteBackup.RestoreAsync(File1, folder, replace, TimeProvider.System, None);
}
