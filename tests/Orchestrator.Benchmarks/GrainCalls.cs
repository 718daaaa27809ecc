using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Benchmarks;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Next();

    ValueTask Tick();

    ValueTask<int> Relay(string other, int times);
}

public sealed class CounterGrain : Grain, ICounterGrain
{
    private int count;

    public Task<int> Next() => Task.FromResult(++count);

    public ValueTask Tick()
    {
        count++;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<int> Relay(string other, int times)
    {
        var next = GrainFactory.GetGrain<ICounterGrain>(other);
        var last = 0;
        for (var i = 0; i < times; i++)
        {
            last = await next.Next();
        }

        return last;
    }
}

public interface IBriefGrain : IGrainWithStringKey
{
    Task Pass();

    ValueTask Stay();
}

public sealed class BriefGrain : Grain, IBriefGrain
{
    public Task Pass()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public ValueTask Stay() => ValueTask.CompletedTask;
}

/// <summary>What a call between grains of one process costs, and what an activation costs.</summary>
internal static class GrainCalls
{
    public static async Task RunAsync(TimeSpan time)
    {
        var services = new ServiceCollection();
        services.AddLocalSilo(silo => silo.AddGrains(typeof(GrainCalls).Assembly));
        await using var provider = services.BuildServiceProvider();
        foreach (var hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        var grains = provider.GetRequiredService<IGrainFactory>();
        Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {time.TotalSeconds:0.#} s each\n");
        await Calls(grains, "warm-up", callers: 10, grainCount: 10, TimeSpan.FromSeconds(1), quiet: true);
        await Memory(grains);
        await Calls(grains, "1 caller, Task<int>", callers: 1, grainCount: 1, time);
        await Calls(grains, "1 caller, ValueTask", callers: 1, grainCount: 1, time, tick: true);
        await Calls(grains, "100 callers, 100 grains, Task<int>", callers: 100, grainCount: 100, time);
        await Calls(grains, "100 callers, 100 grains, ValueTask", callers: 100, grainCount: 100, time, tick: true);
        await Calls(grains, "100 callers, 1 grain, Task<int>", callers: 100, grainCount: 1, time);
        await BetweenGrains(grains, "grain to grain, 1 pair", pairs: 1, time);
        await BetweenGrains(grains, "grain to grain, 100 pairs", pairs: 100, time);
        await Activations(grains, time);
    }

    private static async Task Calls(IGrainFactory grains, string name, int callers, int grainCount, TimeSpan time, bool tick = false, bool quiet = false)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(number => Task.Run(async () =>
        {
            var grain = grains.GetGrain<ICounterGrain>($"counter-{number % grainCount}");
            long count = 0;
            while (watch.Elapsed < time)
            {
                for (var i = 0; i < 100; i++)
                {
                    if (tick)
                    {
                        await grain.Tick();
                    }
                    else
                    {
                        await grain.Next();
                    }
                }

                count += 100;
            }

            return count;
        })));
        if (!quiet)
        {
            Report(name, counts.Sum(), watch.Elapsed, "calls");
        }
    }

    private static async Task BetweenGrains(IGrainFactory grains, string name, int pairs, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, pairs).Select(number => Task.Run(async () =>
        {
            var relay = grains.GetGrain<ICounterGrain>($"relay-{number}");
            long count = 0;
            while (watch.Elapsed < time)
            {
                await relay.Relay($"end-{number}", 1_000);
                count += 1_000;
            }

            return count;
        })));
        Report(name, counts.Sum(), watch.Elapsed, "calls");
    }

    private static async Task Activations(IGrainFactory grains, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Task.Run(async () =>
        {
            long count = 0;
            while (watch.Elapsed < time)
            {
                await grains.GetGrain<IBriefGrain>(string.Create(CultureInfo.InvariantCulture, $"{number}-{count}")).Pass();
                count++;
            }

            return count;
        })));
        Report("activate, call, deactivate", counts.Sum(), watch.Elapsed, "grains");
    }

    private static async Task Memory(IGrainFactory grains)
    {
        const int Count = 200_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Count; i++)
        {
            await grains.GetGrain<IBriefGrain>(string.Create(CultureInfo.InvariantCulture, $"memory-{i:D12}")).Stay();
        }

        Console.WriteLine($"{"heap of an idle activation",-40}{(GC.GetTotalMemory(forceFullCollection: true) - before) / Count,12:N0} bytes");
    }

    private static void Report(string name, long count, TimeSpan elapsed, string unit) =>
        Console.WriteLine($"{name,-40}{count / elapsed.TotalSeconds,12:N0} {unit}/s {GC.CollectionCount(0),8} gen0 so far");
}
