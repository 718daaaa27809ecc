using System.Diagnostics;
using System.Globalization;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Backups;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Benchmarks;

/// <summary>How many durable appends a second the journal takes, beside what the disk's own fsync costs.</summary>
/// <remarks>
/// Each worker runs workflows of one step one after another: accept, start, complete, an append each, waiting for each to be on the disk. So the number in
/// flight is the number of workers. With <c>--store postgres</c> PostgreSQL takes the same load in the same run. The folder is the second argument (default: the current one), for the disk is what is measured; it is removed afterwards.
/// </remarks>
internal static class JournalAppends
{
    public const string Header = "in flight   appends/s   p50 ms   p99 ms   max ms   commits/s   appends/commit   bytes/append";

    public static readonly TimeSpan Warm = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string[] arguments)
    {
        var postgres = arguments.Length > 1 && arguments[0] == "--store" && arguments[1] == "postgres";
        arguments = postgres ? arguments[2..] : arguments;
        var parent = arguments.Length > 0 ? arguments[0] : Environment.CurrentDirectory;
        var path = Path.Combine(parent, "journal-benchmark-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(path);
        try
        {
            ShowFsync(path);
            Console.WriteLine(Header);
            foreach (var inFlight in (int[])[1, 64, 512])
            {
                await ShowAppendsAsync(Path.Combine(path, inFlight.ToString(CultureInfo.InvariantCulture)), inFlight);
            }

            if (postgres)
            {
                await PostgresAppends.RunAsync([]);
                return;
            }

            await ShowUpkeepAsync(Path.Combine(path, "512"), Path.Combine(path, "backup.db"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void ShowFsync(string path)
    {
        using var file = new FileStream(Path.Combine(path, "fsync"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        var times = new List<long>();
        for (var i = 0; i < 1_000; i++)
        {
            file.Write(page);
            var started = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetTimestamp() - started);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"fsync after 4 KiB appended: p50 {Percentile(times, 0.50):F3} ms, p99 {Percentile(times, 0.99):F3} ms"));
    }

    private static async Task ShowAppendsAsync(string path, int inFlight)
    {
        if (DataFolder.TryOpen(path, TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
        {
            throw new InvalidOperationException($"{path} is in use.");
        }

        using (folder)
        {
            await using var store = SqliteStore.Open(folder, new SqliteOptions(), TimeProvider.System);
            await LoadAsync(store, inFlight, Warm);
            var before = store.Statistics;
            var bytesBefore = FileBytes(folder);
            var started = Stopwatch.GetTimestamp();
            var times = await LoadAsync(store, inFlight, Measured);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var after = store.Statistics;
            Show(inFlight, elapsed, times, after.Writes - before.Writes, after.Commits - before.Commits, FileBytes(folder) - bytesBefore);
        }
    }

    public static void Show(int inFlight, TimeSpan elapsed, List<long> times, long writes, long commits, long bytes) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{inFlight,9}   {writes / elapsed.TotalSeconds,9:F0}   {Percentile(times, 0.50),6:F2}   {Percentile(times, 0.99),6:F2}   {Percentile(times, 1),6:F1}   " +
            $"{commits / elapsed.TotalSeconds,9:F0}   {(double)writes / commits,14:F1}   {bytes / (double)writes,12:F0}"));

    public static async Task<List<long>> LoadAsync(IStore store, int inFlight, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            var times = new List<long>();
            while (Stopwatch.GetTimestamp() < end)
            {
                var accept = SampleAppends.Accept(new WorkflowId(Guid.CreateVersion7().ToString("n")), DateTimeOffset.UtcNow, store.Epoch.Current);
                await AppendAsync(accept, times);
                var start = SampleAppends.Start(accept);
                await AppendAsync(start, times);
                await AppendAsync(SampleAppends.Complete(start), times);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times)];

        async Task AppendAsync(JournalAppend append, List<long> times)
        {
            var started = Stopwatch.GetTimestamp();
            if (await store.Journal.AppendAsync(append, CancellationToken.None) is not AppendOutcome.Appended)
            {
                throw new InvalidOperationException($"The append to {append.Workflow} was refused.");
            }

            times.Add(Stopwatch.GetTimestamp() - started);
        }
    }

    /// <summary>What copying and emptying the store costs, and what an append beside them waits at the most.</summary>
    private static async Task ShowUpkeepAsync(string path, string file)
    {
        if (DataFolder.TryOpen(path, TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
        {
            throw new InvalidOperationException($"{path} is in use.");
        }

        using (folder)
        {
            await using var store = SqliteStore.Open(folder, new SqliteOptions(), new LaterClock(TimeSpan.FromDays(8)));
            var megabytes = FileBytes(folder) / 1e6;
            await ShowBesideAppendsAsync(store, $"backup of {megabytes:F0} MB", async () => (await SqliteBackup.CreateAsync(path, file, CancellationToken.None)).Workflows);
            await ShowBesideAppendsAsync(
                store, "retention", async () => (await store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None)).Workflows);
        }
    }

    private static async Task ShowBesideAppendsAsync(SqliteStore store, string name, Func<Task<long>> work)
    {
        var started = Stopwatch.GetTimestamp();
        var done = Task.Run(work);
        var times = new List<long>();
        while (!done.IsCompleted)
        {
            var accept = SampleAppends.Accept(new WorkflowId(Guid.CreateVersion7().ToString("n")), DateTimeOffset.UtcNow.AddDays(8), store.Epoch.Current);
            var from = Stopwatch.GetTimestamp();
            await store.Journal.AppendAsync(accept, CancellationToken.None);
            times.Add(Stopwatch.GetTimestamp() - from);
        }

        var workflows = await done;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {workflows} workflows in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s; " +
            $"an append beside it p50 {Percentile(times, 0.50):F2} ms, p99 {Percentile(times, 0.99):F2} ms, max {Percentile(times, 1):F1} ms"));
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private static long FileBytes(DataFolder folder) => new FileInfo(folder.DatabaseFile).Length;

    private static double Percentile(List<long> times, double share)
    {
        times.Sort();
        return times[Math.Min(times.Count - 1, (int)(times.Count * share))] * 1_000.0 / Stopwatch.Frequency;
    }
}
