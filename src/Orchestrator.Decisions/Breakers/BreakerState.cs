using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Breakers;

/// <summary>Where a breaker stands.</summary>
/// <param name="OpenUntil">When the next probe may go through; null when closed, or open by hand.</param>
/// <param name="Probes">The calls let through while half-open whose outcome is not known yet.</param>
/// <param name="Reporters">The newest report of each reporter, the reporter last heard of at the end.</param>
public sealed record BreakerState(
    BreakerStatus Status,
    int ConsecutiveFailures,
    DateTimeOffset? LastFailureAt,
    DateTimeOffset? OpenUntil,
    bool ByHand,
    ImmutableArray<BreakerState.Probe> Probes,
    ImmutableArray<BreakerState.Mark> Reporters)
{
    /// <summary>Reporters whose newest report is remembered. A breaker has one at a time; the rest are earlier activations of it.</summary>
    private const int ReportersMax = 16;

    public static BreakerState Initial { get; } = new(BreakerStatus.Closed, 0, null, null, false, [], []);

    public readonly record struct Probe(string Ticket, DateTimeOffset GivenUpAt);

    public readonly record struct Mark(string Reporter, long Number);

    public bool HasHeard(string reporter, long number)
    {
        foreach (var mark in Reporters)
        {
            if (mark.Reporter == reporter)
            {
                return number <= mark.Number;
            }
        }

        return false;
    }

    public bool IsProbe(string ticket) => Probes.Any(probe => probe.Ticket == ticket);

    public static BreakerState Evolve(BreakerState breaker, BreakerEvent happened) => happened switch
    {
        BreakerEvent.Heard heard => breaker with { Reporters = Remember(breaker.Reporters, new Mark(heard.Reporter, heard.Number)) },
        BreakerEvent.FailureCounted failure => breaker with { ConsecutiveFailures = breaker.ConsecutiveFailures + 1, LastFailureAt = failure.At },
        BreakerEvent.FailuresForgotten => breaker with { ConsecutiveFailures = 0 },
        BreakerEvent.Opened opened => breaker with { Status = BreakerStatus.Open, OpenUntil = opened.Until, Probes = [] },
        BreakerEvent.HalfOpened => breaker with { Status = BreakerStatus.HalfOpen, OpenUntil = null },
        BreakerEvent.ProbeLetThrough probe => breaker with { Probes = breaker.Probes.Add(new Probe(probe.Ticket, probe.GivenUpAt)) },
        BreakerEvent.ProbeReturned probe => breaker with { Probes = breaker.Probes.RemoveAll(open => open.Ticket == probe.Ticket) },
        BreakerEvent.Closed or BreakerEvent.Reset => Initial with { LastFailureAt = breaker.LastFailureAt, Reporters = breaker.Reporters },
        BreakerEvent.Tripped => breaker with { Status = BreakerStatus.Open, ByHand = true, OpenUntil = null, Probes = [] },
        _ => throw new InvalidOperationException($"A breaker does not know the event {happened.GetType().Name}."),
    };

    private static ImmutableArray<Mark> Remember(ImmutableArray<Mark> marks, Mark mark)
    {
        var others = marks.RemoveAll(known => known.Reporter == mark.Reporter);
        return (others.Length < ReportersMax ? others : others.RemoveAt(0)).Add(mark);
    }
}
