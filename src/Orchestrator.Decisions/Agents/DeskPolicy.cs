using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>How a desk treats those who wait and those who fell silent.</summary>
/// <param name="LeaseFor">A lease neither released nor renewed for this long ends.</param>
/// <param name="PassedOverMax">After so many grants to more urgent levels, a level that waits has the next one.</param>
/// <param name="ProbePause">The rest before a breaker that refused a probe is asked again.</param>
/// <param name="SettleFor">A desk that may have had a predecessor grants nothing for this long, in which whoever holds a lease of that one renews it here.</param>
public sealed record DeskPolicy(TimeSpan LeaseFor, int PassedOverMax, TimeSpan ProbePause, TimeSpan SettleFor)
{
    public static DeskPolicy Default { get; } = new(TimeSpan.FromSeconds(10), 20, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
}

/// <summary>What is known here of an instance's breaker.</summary>
/// <param name="OpenUntil">When a probe may be asked for; null when closed, or open by hand.</param>
public readonly record struct BreakerCopy(BreakerStatus Status, DateTimeOffset? OpenUntil, bool ByHand, int ConsecutiveFailures);
