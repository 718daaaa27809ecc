using Orchestrator.Decisions.Breakers;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>What is kept of a breaker: where it stood at its last transition. Which reports it has heard is not kept; it counts anew after a crash.</summary>
[GenerateSerializer, Alias("stored-breaker")]
public sealed class StoredBreaker
{
    /// <summary>None in a record that was never written.</summary>
    [Id(0)]
    public BreakerStatus Status { get; set; }

    [Id(1)]
    public int ConsecutiveFailures { get; set; }

    [Id(2)]
    public DateTimeOffset? LastFailureAt { get; set; }

    [Id(3)]
    public DateTimeOffset? OpenUntil { get; set; }

    [Id(4)]
    public bool ByHand { get; set; }

    [Id(5)]
    public Dictionary<string, DateTimeOffset> Probes { get; set; } = [];

    public static StoredBreaker From(BreakerState breaker) => new()
    {
        Status = breaker.Status,
        ConsecutiveFailures = breaker.ConsecutiveFailures,
        LastFailureAt = breaker.LastFailureAt,
        OpenUntil = breaker.OpenUntil,
        ByHand = breaker.ByHand,
        Probes = breaker.Probes.ToDictionary(probe => probe.Ticket, probe => probe.GivenUpAt),
    };

    public BreakerState ToState() => Status == BreakerStatus.None
        ? BreakerState.Initial
        : new(Status, ConsecutiveFailures, LastFailureAt, OpenUntil, ByHand,
            [.. Probes.Select(probe => new BreakerState.Probe(probe.Key, probe.Value))], []);
}
