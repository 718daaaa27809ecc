using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Benchmarks;

/// <summary>What a quiet key of a named limit gets, alone and beside a hot one: the whole engine in one process, every acceptance and outcome on the disk.</summary>
/// <remarks>
/// The quiet key starts 20 tasks a second, whatever becomes of them, and each is timed from its start to its end. The hot key keeps a thousand in flight. The last line of each
/// part is the same load with both under one key, which is what a limit without keys would do. The folder is the second argument (default: the current one); it is removed afterwards.
/// </remarks>
internal static class HotKeys
{
    private const int HotInFlight = 1_000;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuietEvery = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(string[] arguments)
    {
        var path = Path.Combine(arguments.Length > 0 ? arguments[0] : Environment.CurrentDirectory, "hotkey-benchmark-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(path);
        try
        {
            var rate = new Limit("shared", Requests: new LimitRate(100, TimeSpan.FromSeconds(1), 10), OnLimit: OnLimit.Queue);
            var places = new Limit("shared", Concurrency: 5, OnLimit: OnLimit.Queue);
            await ShowAsync("100 calls/s", rate, "echo", Payload.EmptyObject, Path.Combine(path, "rate"));
            await ShowAsync("5 places, 50 ms a call", places, "slow", Payload.FromTrustedUtf8("""{"delayMs":50}"""u8.ToArray()), Path.Combine(path, "places"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task ShowAsync(string name, Limit limit, string agent, Payload input, string path)
    {
        Console.WriteLine($"{name,-24} quiet/s   p50 ms   p99 ms   max ms   hot/s");
        await ShowAsync("  alone", limit, agent, input, hotKey: null, Path.Combine(path, "alone"));
        await ShowAsync("  beside a hot key", limit, agent, input, hotKey: "hot", Path.Combine(path, "beside"));
        await ShowAsync("  under the hot key", limit, agent, input, hotKey: "quiet", Path.Combine(path, "under"));
    }

    private static async Task ShowAsync(string name, Limit limit, string agent, Payload input, string? hotKey, string path)
    {
        await using var silo = await WorkflowRuns.Silo.StartAsync(path);
        await silo.Grains.Limit(limit.Name).PutAsync(limit);
        using var stop = new CancellationTokenSource();
        var (quietPlan, hot) = (PlanOf("quiet"), 0L);
        var workers = hotKey is null ? [] : Enumerable.Range(0, HotInFlight).Select(async _ =>
        {
            var plan = PlanOf(hotKey);
            await Task.Yield();
            while (!stop.IsCancellationRequested)
            {
                await WorkflowRuns.RunOneAsync(silo, plan);
                Interlocked.Increment(ref hot);
            }
        }).ToArray();
        var warmed = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warmed) < Warm)
        {
            if (hotKey != "quiet")
            {
                await WorkflowRuns.RunOneAsync(silo, quietPlan);
            }

            await Task.Delay(QuietEvery);
        }

        var times = new ConcurrentBag<double>();
        var (began, before, quiet) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref hot), new List<Task>());
        for (var number = 1; Stopwatch.GetElapsedTime(began) < Measured; number++)
        {
            quiet.Add(QuietAsync());
            var next = (QuietEvery * number) - Stopwatch.GetElapsedTime(began);
            await Task.Delay(next > TimeSpan.Zero ? next : TimeSpan.Zero);
        }

        var (hotDone, quietDone, elapsed) = (Interlocked.Read(ref hot) - before, times.Count, Stopwatch.GetElapsedTime(began));
        await Task.WhenAll(quiet);
        var sorted = times.Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-24} {quietDone / elapsed.TotalSeconds,7:F1}   {At(0.5),6:F1}   {At(0.99),6:F1}   {At(1),6:F1}   {hotDone / elapsed.TotalSeconds,5:F1}"));
        await stop.CancelAsync();
        await Task.WhenAll(workers);

        async Task QuietAsync()
        {
            var started = Stopwatch.GetTimestamp();
            await WorkflowRuns.RunOneAsync(silo, quietPlan);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        double At(double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

        Plan PlanOf(string key) => new("task", [new Step("a", agent, agent, input, Limits: [new StepLimit(limit.Name, key)])]);
    }
}
