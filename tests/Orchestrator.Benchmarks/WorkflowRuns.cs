using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Stores;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.SiloHosting;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Benchmarks;

/// <summary>What the engine does a second, from submitting a workflow to seeing it completed: one process, no HTTP, every acceptance and outcome on the disk.</summary>
/// <remarks>
/// The agent is the built-in <c>echo</c>, which answers at once, so what is measured is ours. The folder is the second argument (default: the current
/// one), for the disk is part of what is measured; it is removed afterwards. The third names one section: tasks, fanout, chain, waiting or news.
/// </remarks>
internal static class WorkflowRuns
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string[] arguments)
    {
        var parent = arguments.Length > 0 ? arguments[0] : Environment.CurrentDirectory;
        var only = arguments.Length > 1 ? arguments[1] : null;
        var path = Path.Combine(parent, "workflow-benchmark-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(path);
        try
        {
            var sections = new (string Name, Func<string, Task> Show)[]
            {
                ("tasks", ShowTasksAsync), ("fanout", ShowFanOutsAsync), ("chain", ShowChainsAsync), ("waiting", ShowWaitingAsync), ("news", ShowNewsAsync),
            };
            foreach (var (name, show) in sections.Where(section => only is null || section.Name == only))
            {
                await show(Path.Combine(path, name));
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task ShowTasksAsync(string path)
    {
        Console.WriteLine("single tasks     in flight   tasks/s   p50 ms   p99 ms   max ms   commits/s   CPU µs   KiB allocated");
        foreach (var inFlight in (int[])[1, 64, 512])
        {
            await using var silo = await Silo.StartAsync(Path.Combine(path, inFlight.ToString(CultureInfo.InvariantCulture)));
            var run = await MeasureAsync(silo, inFlight, new Plan("task", [Call("a")]));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",17}{inFlight,9}   {run.PerSecond,7:F0}   {run}"));
        }
    }

    private static async Task ShowFanOutsAsync(string path)
    {
        Console.WriteLine("fan-outs of 12   in flight   steps/s   p50 ms   p99 ms   max ms   commits/s   CPU µs   KiB allocated");
        var plan = new Plan("fan", [Call("a"), .. Enumerable.Range(0, 10).Select(i => Call($"b{i}", "a")), Call("c", [.. Enumerable.Range(0, 10).Select(i => $"b{i}")])]);
        foreach (var inFlight in (int[])[1, 64])
        {
            await using var silo = await Silo.StartAsync(Path.Combine(path, inFlight.ToString(CultureInfo.InvariantCulture)));
            var run = await MeasureAsync(silo, inFlight, plan);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",17}{inFlight,9}   {run.PerSecond * 12,7:F0}   {run}"));
        }
    }

    private static async Task ShowChainsAsync(string path)
    {
        Console.WriteLine("chains of 10     in flight   chains/s  p50 ms   p99 ms   max ms   commits/s   CPU µs   KiB allocated");
        var plan = new Plan("chain", [.. Enumerable.Range(0, 10).Select(i => Call($"s{i}"))], PlanMode.Sequential);
        foreach (var inFlight in (int[])[1, 64])
        {
            await using var silo = await Silo.StartAsync(Path.Combine(path, inFlight.ToString(CultureInfo.InvariantCulture)));
            var run = await MeasureAsync(silo, inFlight, plan);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",17}{inFlight,9}   {run.PerSecond,7:F0}   {run}"));
            if (inFlight == 1)
            {
                var before = silo.Commits;
                await RunOneAsync(silo, plan);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",17}commits of one chain at idle: {silo.Commits - before}"));
            }
        }
    }

    /// <summary>The same work with nothing told, with what is told as a rule, and with each step told, in turn and twice, so that a slow minute strikes all alike.</summary>
    private static async Task ShowNewsAsync(string path)
    {
        Console.WriteLine("news             work        told       per s   p50 ms   p99 ms   max ms   commits/s   CPU µs   KiB allocated");
        var chain = new Plan("chain", [.. Enumerable.Range(0, 10).Select(i => Call($"s{i}"))], PlanMode.Sequential);
        foreach (var (work, plan) in ((string, Plan)[])[("task", new Plan("task", [Call("a")])), ("chain of 10", chain)])
        {
            for (var turn = 0; turn < 2; turn++)
            {
                foreach (var (name, told, steps) in ((string, string, string)[])[("nothing", "false", "false"), ("ends", "true", "false"), ("steps", "true", "true")])
                {
                    await using var silo = await Silo.StartAsync(Path.Combine(path, $"{plan.Id}-{name}-{turn}"), ("Topics:Workflows:Told", told), ("Topics:Workflows:Steps", steps));
                    var run = await MeasureAsync(silo, 64, plan);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",17}{work,-11} {name,-9}  {run.PerSecond,6:F0}   {run}"));
                }
            }
        }
    }

    private static async Task ShowWaitingAsync(string path)
    {
        const int Count = 100_000;
        await using var silo = await Silo.StartAsync(path);
        var plan = new Plan("nap", [new Step("nap", Sleep: TimeSpan.FromDays(1))]);
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (_, _) => await StartAsync(silo, plan));
        var before = LiveBytes();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (_, _) => await StartAsync(silo, plan));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var after = LiveBytes();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"waiting          {Count} workflows asleep: {(after - before) / (double)Count:F0} bytes each on the heap, {Count / elapsed.TotalSeconds:F0} accepted/s, working set {Environment.WorkingSet >> 20} MiB"));
    }

    private static async Task<Run> MeasureAsync(Silo silo, int inFlight, Plan plan)
    {
        using var stop = new CancellationTokenSource();
        var times = new List<long>[inFlight];
        var measuring = false;
        var workers = Enumerable.Range(0, inFlight).Select(async worker =>
        {
            times[worker] = new List<long>(1024);
            await Task.Yield();
            while (!stop.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                await RunOneAsync(silo, plan);
                if (Volatile.Read(ref measuring))
                {
                    times[worker].Add(Stopwatch.GetTimestamp() - started);
                }
            }
        }).ToArray();
        await Task.Delay(Warm);
        var commits = silo.Commits;
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var began = Stopwatch.GetTimestamp();
        Volatile.Write(ref measuring, true);
        await Task.Delay(Measured);
        Volatile.Write(ref measuring, false);
        var elapsed = Stopwatch.GetElapsedTime(began);
        commits = silo.Commits - commits;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        var sorted = times.SelectMany(list => list).Order().ToList();
        return new Run(sorted, elapsed, commits, cpu, allocated);
    }

    internal static async Task RunOneAsync(Silo silo, Plan plan)
    {
        var workflow = await StartAsync(silo, plan);
        var seen = 1L + plan.Steps.Count(step => step.Dependencies.IsDefaultOrEmpty);
        HistoryPage page;
        do
        {
            page = await workflow.WatchAsync(seen, 1, TimeSpan.FromSeconds(10));
            seen = page.LastNumber;
        }
        while (!page.Finished);
    }

    private static async Task<IWorkflowGrain> StartAsync(Silo silo, Plan plan)
    {
        var workflow = silo.Grains.Workflow(new WorkflowId(Guid.CreateVersion7().ToString("n")));
        var reply = await workflow.StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, "f"));
        return reply.Refusal is { } refusal ? throw new InvalidOperationException($"The start was refused: {refusal.Message}") : workflow;
    }

    private static Step Call(string id, params string[] after) => new(id, "echo", "echo", Dependencies: [.. after]);

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed record Run(List<long> Times, TimeSpan Elapsed, long Commits, TimeSpan Cpu, long Allocated)
    {
        public double PerSecond => Times.Count / Elapsed.TotalSeconds;

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{At(0.5),6:F2}   {At(0.99),6:F2}   {At(1),6:F1}   {Commits / Elapsed.TotalSeconds,9:F0}   {Cpu.TotalMicroseconds / Times.Count,6:F0}   {Allocated / 1024.0 / Times.Count,7:F1}");

        private double At(double share) => Times.Count == 0 ? double.NaN
            : Times[Math.Min((int)(Times.Count * share), Times.Count - 1)] * 1000.0 / Stopwatch.Frequency;
    }

    /// <summary>One process's worth of engine on a folder of its own.</summary>
    internal sealed class Silo(IHost host, DataFolder folder) : IAsyncDisposable
    {
        public IGrainFactory Grains { get; } = host.Services.GetRequiredService<IGrainFactory>();

        public long Commits => ((SqliteStore)host.Services.GetRequiredService<IStore>()).Statistics.Commits;

        public static async Task<Silo> StartAsync(string path, params (string Key, string Value)[] settings)
        {
            if (DataFolder.TryOpen(path, TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
            {
                throw new InvalidOperationException($"{path} is in use.");
            }

            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
            builder.Services.AddOrchestratorSilo(folder);
            var host = builder.Build();
            await host.StartAsync();
            return new Silo(host, folder);
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
            folder.Dispose();
        }
    }
}
