using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Breakers;

/// <summary>What a breaker has decided.</summary>
/// <param name="Granted">For a probe asked for: whether it may go through.</param>
public sealed record BreakerDecision(ImmutableArray<BreakerEvent> Events, bool Granted = false)
{
    public static BreakerDecision Nothing { get; } = new([]);

    /// <summary>Whether the breaker stands otherwise than before. Only that is worth a write: a count below the threshold may be lost in a crash.</summary>
    public bool IsTransition => Events.Any(e =>
        e is BreakerEvent.Opened or BreakerEvent.HalfOpened or BreakerEvent.Closed or BreakerEvent.Tripped or BreakerEvent.Reset);
}

/// <summary>
/// A circuit breaker (M. Nygard, Release It!) with the numbers of S4-42 and the transitions of S4-43: consecutive failures open it, it stays
/// open for the recovery timeout from the last failure, then lets few probes through, and the first outcome of a probe decides.
/// </summary>
public static class BreakerDecisions
{
    /// <summary>Answers the outcome of one call.</summary>
    public static BreakerDecision Report(
        BreakerState breaker, string reporter, long number, string ticket, CallOutcome outcome, BreakerPolicy policy, DateTimeOffset now)
    {
        // What a person has opened, only a person closes; and reports arrive at least once.
        if (breaker.ByHand || breaker.HasHeard(reporter, number))
        {
            return BreakerDecision.Nothing;
        }

        var heard = new BreakerEvent.Heard(reporter, number);
        return outcome switch
        {
            CallOutcome.Answered => Success(breaker, ticket, heard),
            CallOutcome.Broken => Failure(breaker, ticket, policy, now, heard),
            CallOutcome.Abandoned => breaker.IsProbe(ticket)
                ? new([heard, new BreakerEvent.ProbeReturned(ticket)])
                : BreakerDecision.Nothing,
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A report tells an outcome."),
        };
    }

    /// <summary>Answers whether one call may go through a breaker that is not closed.</summary>
    public static BreakerDecision TryProbe(BreakerState breaker, string ticket, BreakerPolicy policy, DateTimeOffset now)
    {
        if (breaker.Status == BreakerStatus.Closed || breaker.IsProbe(ticket))
        {
            return new([], Granted: true);
        }

        if (breaker.ByHand || (breaker.Status == BreakerStatus.Open && now < breaker.OpenUntil))
        {
            return BreakerDecision.Nothing;
        }

        // A probe's caller may have died with its answer. Such a probe loses its place, or the breaker would stay half-open for ever.
        var lost = breaker.Probes.Where(probe => probe.GivenUpAt <= now).ToImmutableArray();
        if (breaker.Probes.Length - lost.Length >= policy.ProbesMax)
        {
            return BreakerDecision.Nothing;
        }

        var events = ImmutableArray.CreateBuilder<BreakerEvent>();
        if (breaker.Status == BreakerStatus.Open)
        {
            events.Add(new BreakerEvent.HalfOpened());
        }

        events.AddRange(lost.Select(probe => new BreakerEvent.ProbeReturned(probe.Ticket)));
        events.Add(new BreakerEvent.ProbeLetThrough(ticket, now + policy.OpenFor));
        return new(events.ToImmutable(), Granted: true);
    }

    /// <summary>Opens the breaker by hand, until it is reset.</summary>
    public static BreakerDecision Trip(BreakerState breaker, string by) =>
        breaker.ByHand ? BreakerDecision.Nothing : new([new BreakerEvent.Tripped(by)]);

    /// <summary>Closes the breaker by hand and forgets its failures.</summary>
    public static BreakerDecision Reset(BreakerState breaker, string by) =>
        breaker is { Status: BreakerStatus.Closed, ConsecutiveFailures: 0 } ? BreakerDecision.Nothing : new([new BreakerEvent.Reset(by)]);

    private static BreakerDecision Success(BreakerState breaker, string ticket, BreakerEvent.Heard heard) => breaker.Status switch
    {
        BreakerStatus.HalfOpen when breaker.IsProbe(ticket) => new([heard, new BreakerEvent.Closed()]),
        BreakerStatus.Closed when breaker.ConsecutiveFailures > 0 => new([heard, new BreakerEvent.FailuresForgotten()]),

        // A call which began before the breaker opened proves nothing about the instance as it is now.
        _ => BreakerDecision.Nothing,
    };

    private static BreakerDecision Failure(BreakerState breaker, string ticket, BreakerPolicy policy, DateTimeOffset now, BreakerEvent.Heard heard)
    {
        var counted = new BreakerEvent.FailureCounted(now);
        var opened = new BreakerEvent.Opened(now + policy.OpenFor);
        return breaker.Status switch
        {
            BreakerStatus.Closed when breaker.ConsecutiveFailures + 1 < policy.FailureThreshold => new([heard, counted]),
            BreakerStatus.Closed => new([heard, counted, opened]),

            // Open lasts from the last failure, and a call that began before it opened fails as truly as any other.
            BreakerStatus.Open => new([heard, counted, opened]),
            BreakerStatus.HalfOpen when breaker.IsProbe(ticket) => new([heard, counted, opened]),

            // While probes are out they alone decide: an old call's failure was foreseen when the breaker opened.
            BreakerStatus.HalfOpen => BreakerDecision.Nothing,
            _ => throw new InvalidOperationException($"A breaker stands at {breaker.Status}, which is no status."),
        };
    }
}
