namespace Orchestrator.LocalRuntime;

/// <summary>Chance from a seed: the same on every machine and every version of .NET.</summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).</remarks>
public sealed class SimulatedChance(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((UInt128)Next() * (uint)count) >> 64);

    public bool Happens(double probability) => probability > 0 && Next() < probability * ulong.MaxValue;

    public TimeSpan UpTo(TimeSpan longest) => TimeSpan.FromTicks((long)(((UInt128)Next() * (ulong)(longest.Ticks + 1)) >> 64));

    /// <summary>A source of its own for a part of the world, so that what one part draws does not shift another.</summary>
    public SimulatedChance Split(string purpose) => new(Next() ^ SimulationTrace.StableHash(purpose));
}
