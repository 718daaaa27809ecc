using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Sqlite.Schema;
using Orchestrator.Execution.Journals;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

/// <summary>A process of a test, that ends by SIGKILL: its own or the test's.</summary>
internal static class DoomedProcess
{
    private const int Workers = 64;

    /// <summary>Starts this assembly as a program.</summary>
    public static Process Start(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(DoomedProcess).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["append", var folder]:
                await AppendAsync(folder);
                return 0;

            case ["migrate", var file, var step, var statement]:
                Migrate(file, int.Parse(step, CultureInfo.InvariantCulture), int.Parse(statement, CultureInfo.InvariantCulture));
                return 0;

            default:
                return 2;
        }
    }

    /// <summary>Appends for ever, and prints each append that was acknowledged, as the workflow's number and version.</summary>
    private static async Task AppendAsync(string path)
    {
        var folder = ((DataFolderOpening.Opened)DataFolder.TryOpen(path, TimeProvider.System)).Folder;
        var store = SqliteStore.Open(folder, new SqliteOptions(), TimeProvider.System);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync()));

        async Task WorkAsync()
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                var last = Accept(Id(number), epoch: store.Epoch.Current);
                await AcknowledgedAsync(number, last);
                last = Orchestrator.Testing.Journals.SampleAppends.Start(last);
                await AcknowledgedAsync(number, last);
                await AcknowledgedAsync(number, Complete(last));
            }
        }

        async Task AcknowledgedAsync(int number, JournalAppend append)
        {
            if (await store.Journal.AppendAsync(append, CancellationToken.None) is not AppendOutcome.Appended)
            {
                throw new InvalidOperationException($"Workflow {append.Workflow} has another writer.");
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {append.Summary.Version}"));
        }
    }

    /// <summary>Begins to migrate a store and dies before the given statement.</summary>
    private static void Migrate(string file, int step, int statement)
    {
        using var connection = SqliteStore.OpenWriter(file, new SqliteOptions());
        StoreSchema.Migrate(connection, file, SchemaMigrations.All, (atStep, atStatement) =>
        {
            if (atStep == step && atStatement == statement)
            {
                Process.GetCurrentProcess().Kill();
            }
        });
    }
}
