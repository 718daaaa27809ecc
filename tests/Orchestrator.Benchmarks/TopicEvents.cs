using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Grains;
using Orchestrator.SiloHosting;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Benchmarks;

/// <summary>How many events a second topics take durably, and how soon a watcher has one.</summary>
/// <remarks>Each worker publishes one event after another, waiting for each to be on the disk, so the number in flight is the number of workers.</remarks>
internal static class TopicEvents
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string[] arguments)
    {
        var path = Path.Combine(arguments.Length > 0 ? arguments[0] : Environment.CurrentDirectory, "topic-benchmark-" + Guid.NewGuid().ToString("n"));
        if (DataFolder.TryOpen(path, TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
        {
            throw new InvalidOperationException($"{path} is in use.");
        }

        try
        {
            using (folder)
            {
                var builder = Host.CreateEmptyApplicationBuilder(null);
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<IConfiguration>(builder.Configuration);
                builder.Services.AddOrchestratorSilo(folder);
                using var host = builder.Build();
                await host.StartAsync();
                var grains = host.Services.GetRequiredService<IGrainFactory>();
                Console.WriteLine("topics   in flight   events/s   p50 ms   p99 ms");
                await ShowAsync("1", 1, 1, grains);
                await ShowAsync("1", 1, 64, grains);
                await ShowAsync("64", 64, 64, grains);
                await ShowAsync("1", 1, 512, grains);
                await ShowDeliveryAsync(grains);
                await host.StopAsync();
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task ShowAsync(string name, int topics, int inFlight, IGrainFactory grains)
    {
        await LoadAsync($"warm-{topics}-{inFlight}", topics, inFlight, grains, Warm);
        var started = Stopwatch.GetTimestamp();
        var times = await LoadAsync($"load-{topics}-{inFlight}", topics, inFlight, grains, Measured);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,6}   {inFlight,9}   {times.Count / seconds,8:F0}   {Percentile(times, 0.5),6:F2}   {Percentile(times, 0.99),6:F2}"));
    }

    private static async Task<List<long>> LoadAsync(string prefix, int topics, int inFlight, IGrainFactory grains, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(worker => Task.Run(async () =>
        {
            var topic = grains.Topic(new TopicName($"{prefix}.{worker % topics}"));
            var times = new List<long>();
            for (var number = 0; Stopwatch.GetTimestamp() < end; number++)
            {
                var started = Stopwatch.GetTimestamp();
                var reply = await topic.PublishAsync([SampleEvents.Sample(number, $"/workers/{worker}")]);
                if (reply.Refusal is not null)
                {
                    throw new InvalidOperationException(reply.Refusal.Message);
                }

                times.Add(Stopwatch.GetTimestamp() - started);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times)];
    }

    /// <summary>From the call that publishes to the watcher's answer, with nothing else going on.</summary>
    private static async Task ShowDeliveryAsync(IGrainFactory grains)
    {
        var topic = new TopicName("delivery");
        var times = new List<long>();
        for (var number = 1; number <= 500; number++)
        {
            var watching = grains.TopicReader(topic).WatchAsync(number - 1, 10, TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System); // The watcher is to wait when the event comes: that is what is measured.
            var started = Stopwatch.GetTimestamp();
            await grains.Topic(topic).PublishAsync([SampleEvents.Sample(number)]);
            await watching;
            times.Add(Stopwatch.GetTimestamp() - started);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"published to watched, in one process: p50 {Percentile(times, 0.5):F2} ms, p99 {Percentile(times, 0.99):F2} ms"));
    }

    private static double Percentile(List<long> times, double share)
    {
        times.Sort();
        return times[Math.Min(times.Count - 1, (int)(times.Count * share))] * 1_000.0 / Stopwatch.Frequency;
    }
}
