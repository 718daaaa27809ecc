using System.Globalization;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>What would be left of one capacity after a crash: never more than there is, and by one chunk less at most when it is written down.</summary>
/// <param name="Requests">Null where their rate is not kept.</param>
/// <param name="Tokens">Null where their rate is not kept.</param>
public readonly record struct KeptLevel(string Pool, long? Requests, long? Tokens);

/// <summary>Which rates outlive a crash, and how much of them may be given out between two writes.</summary>
/// <remarks>
/// A write reserves a chunk ahead: calls draw on it, and only the call that would go beyond waits for the next write. So a crash loses a chunk at most and never
/// brings anything back. A chunk is what comes back in a second, or a hundredth of the burst where that is more, so a limit in steady use is written about once a second.
/// </remarks>
public static class KeptRates
{
    /// <summary>Capacities of one limit that are kept. Where more are in use, none of them is: after a crash all are counted from none.</summary>
    public const int PoolsMax = 100;

    /// <summary>A shorter period is over soon after a crash, and counted from none.</summary>
    public static TimeSpan PeriodMin { get; } = TimeSpan.FromMinutes(1);

    public static bool IsKept(LimitRate rate) => rate.Per >= PeriodMin;

    /// <summary>What a write reserves ahead: 1 or more.</summary>
    public static long ChunkOf(LimitRate rate) => Math.Max((long)Math.Ceiling(rate.Amount / rate.Per.TotalSeconds), ((rate.Burst - 1) / 100) + 1);

    /// <summary>Tells limits apart that count differently: what was kept of one says nothing of another.</summary>
    public static string NameOf(Limit limit)
    {
        return $"{limit.Scope} {Of(limit.Requests)} {Of(limit.Tokens)}";

        static string Of(LimitRate? rate) => rate is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{rate.Amount}/{rate.Per.Ticks}/{rate.Burst}");
    }
}
