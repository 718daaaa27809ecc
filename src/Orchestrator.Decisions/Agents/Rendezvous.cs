namespace Orchestrator.Decisions.Agents;

/// <summary>Rendezvous hashing with weights (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005): whoever scores highest for a key has it.</summary>
/// <remarks>
/// Shares converge to the weights, and when one goes only its own keys move. The hash is FNV-1a of 64 bits, mixed at the end as SplitMix64 does,
/// because the high bits of FNV alone are too alike for keys that differ in their last characters.
/// </remarks>
internal static class Rendezvous
{
    public static double Score(string key, string endpoint, int weight)
    {
        var hash = Mix(Hash(endpoint, Hash(key, 14_695_981_039_346_656_037)));
        var share = ((hash >> 11) + 0.5) / (1UL << 53);
        return weight / -Math.Log(share);
    }

    private static ulong Hash(string text, ulong hash)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1_099_511_628_211;
        }

        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
