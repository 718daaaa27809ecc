using System.Globalization;
using Orchestrator.Simulation.Checks;
using Orchestrator.Simulation.Worlds;

namespace Orchestrator.Simulation;

/// <summary>Runs worlds by seed, on as many threads as there are processors, and says how to run a failing one again.</summary>
internal static class Seeds
{
    /// <summary>The seed to run alone, where somebody asked for one.</summary>
    public static ulong? Asked => ulong.TryParse(Environment.GetEnvironmentVariable("ORC_SIM_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    public static bool TranscriptAsked => Environment.GetEnvironmentVariable("ORC_SIM_TRANSCRIPT") == "1";

    /// <summary>How many seeds to run where the number is not fixed by the test: more at night than in a change.</summary>
    public static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("ORC_SIM_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : usual;

    /// <summary>Lives one world.</summary>
    public static LifeReport Live(ulong seed, WorldOptions options) => Live(seed, options, _ => { });

    /// <summary>Lives one world and tells its story.</summary>
    public static string Tell(ulong seed, WorldOptions options)
    {
        var story = "";
        return $"{Live(seed, options, transcript => story = transcript)}\n{story}";
    }

    private static LifeReport Live(ulong seed, WorldOptions options, Action<string> tell)
    {
        using var world = SimulatedWorld.From(seed, options with { Transcript = options.Transcript || TranscriptAsked });
        try
        {
            var report = world.Live(people: 1 + (int)(seed % 8));
            tell(world.Transcript.ToString());
            return report;
        }
        catch (Exception broken)
        {
            throw new SeedFailedException(seed, broken, world.Transcript.ToString());
        }
    }

    /// <summary>Lives many worlds and gives what each was like, or the first failure by number.</summary>
    public static LifeReport[] LiveAll(IReadOnlyList<ulong> seeds, WorldOptions options)
    {
        var reports = new LifeReport[seeds.Count];
        var failures = new SeedFailedException?[seeds.Count];
        var next = -1;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            for (var index = Interlocked.Increment(ref next); index < seeds.Count; index = Interlocked.Increment(ref next))
            {
                try
                {
                    reports[index] = Live(seeds[index], options);
                }
                catch (SeedFailedException failure)
                {
                    failures[index] = failure;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var failed = failures.OfType<SeedFailedException>().ToList();
        return failed.Count == 0 ? reports : throw new SeedsFailedException(failed);
    }
}

/// <summary>A world of this seed broke its word.</summary>
internal sealed class SeedFailedException(ulong seed, Exception broken, string transcript)
    : Exception($"Seed {seed} failed: {broken.Message}\nTo see it again: ORC_SIM_SEED={seed} ORC_SIM_TRANSCRIPT=1 dotnet test tests/Orchestrator.Simulation --filter one_seed\n{transcript}", broken)
{
    public ulong Seed => seed;
}

internal sealed class SeedsFailedException(IReadOnlyList<SeedFailedException> failed)
    : Exception($"{failed.Count} seeds failed ({string.Join(", ", failed.Take(20).Select(one => one.Seed))}). The first of each kind:\n{string.Join("\n", failed.GroupBy(one => Kind(one)).Take(5).Select(kind => $"({kind.Count()} seeds) {kind.First().Message}"))}")
{
    private static string Kind(SeedFailedException one) => one.InnerException is InvariantBrokenException broken ? broken.Invariant : one.InnerException!.GetType().Name;
}
