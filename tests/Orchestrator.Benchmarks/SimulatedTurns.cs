using System.Diagnostics;

namespace Orchestrator.Benchmarks;

public interface IBranchGrain : IGrainWithStringKey
{
    Task<int> Grow(int depth);
}

public sealed class BranchGrain : Grain, IBranchGrain
{
    public async Task<int> Grow(int depth)
    {
        if (depth == 0)
        {
            return 1;
        }

        var key = this.GetPrimaryKeyString();
        var left = GrainFactory.GetGrain<IBranchGrain>(key + "l").Grow(depth - 1);
        var right = GrainFactory.GetGrain<IBranchGrain>(key + "r").Grow(depth - 1);
        return await left + await right;
    }
}

/// <summary>How fast simulated worlds run: three silos, a network with faults, trees of grains that call each other.</summary>
internal static class SimulatedTurns
{
    public static void Run(int seeds)
    {
        World(0, depth: 4);
        var watch = Stopwatch.StartNew();
        var (steps, hash) = (0L, 0UL);
        foreach (var trace in Enumerable.Range(1, seeds).Select(seed => World((ulong)seed, depth: 9)))
        {
            (steps, hash) = (steps + trace.Steps, (hash * 31) + trace.Hash);
        }

        Console.WriteLine($"{seeds} seeds, {steps:N0} steps, {steps / watch.Elapsed.TotalSeconds:N0} steps/s, {watch.Elapsed.TotalMilliseconds / seeds:0.0} ms a seed");
        Console.WriteLine($"all traces together: {hash:x16}, the same on every machine and in every run");
        watch.Restart();
        for (var seed = 0; seed < seeds; seed++)
        {
            World((ulong)seed, depth: 0);
        }

        Console.WriteLine($"making and ending a world: {watch.Elapsed.TotalMilliseconds / seeds:0.00} ms");
    }

    private static SimulationTrace World(ulong seed, int depth)
    {
        using var cluster = new SimulatedCluster(
            seed,
            new SimulationOptions { Silos = 3, Faults = new() { Delayed = 0.01, Reordered = 0.1, Duplicated = 0.001 } },
            (_, services) => services.AddLocalSilo(silo => silo.AddGrains(typeof(BranchGrain).Assembly)));
        cluster.Run(() => cluster.Client.GetGrain<IBranchGrain>("tree").Grow(depth));
        return cluster.Trace;
    }
}
