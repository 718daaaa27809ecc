using Orchestrator.Decisions.Breakers;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Specs.Breakers;

/// <summary>A breaker with a past, and one message to it.</summary>
internal sealed class BreakerStory
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly BreakerPolicy Policy = new(FailureThreshold: 3, RecoveryTimeout: TimeSpan.FromSeconds(60), ProbesMax: 1);

    private BreakerStory(BreakerState breaker) => Breaker = breaker;

    public BreakerState Breaker { get; private set; }

    public static BreakerStory Given(params BreakerEvent[] past) => new(past.Aggregate(BreakerState.Initial, BreakerState.Evolve));

    public static BreakerStory GivenOpen() => Given(
        new BreakerEvent.FailureCounted(Noon),
        new BreakerEvent.FailureCounted(Noon),
        new BreakerEvent.FailureCounted(Noon),
        new BreakerEvent.Opened(Noon.AddSeconds(60)));

    public static BreakerStory GivenHalfOpen(string probe) => new(
        new BreakerEvent[] { new BreakerEvent.HalfOpened(), new BreakerEvent.ProbeLetThrough(probe, Noon.AddSeconds(120)) }
            .Aggregate(GivenOpen().Breaker, BreakerState.Evolve));

    public Outcome When(Func<BreakerState, BreakerDecision> message) => new(this, message);

    public static Func<BreakerState, BreakerDecision> Report(CallOutcome outcome, string ticket = "t", long number = 1, double atSeconds = 0) =>
        breaker => BreakerDecisions.Report(breaker, "agent", number, ticket, outcome, Policy, Noon.AddSeconds(atSeconds));

    public static Func<BreakerState, BreakerDecision> TryProbe(string ticket, double atSeconds) =>
        breaker => BreakerDecisions.TryProbe(breaker, ticket, Policy, Noon.AddSeconds(atSeconds));

    internal sealed class Outcome
    {
        private readonly BreakerStory story;
        private readonly BreakerDecision decision;

        public Outcome(BreakerStory story, Func<BreakerState, BreakerDecision> message)
        {
            this.story = story;
            decision = message(story.Breaker);
            story.Breaker = decision.Events.Aggregate(story.Breaker, BreakerState.Evolve);

            // Messages arrive at least once: whatever was decided, the same message again changes nothing.
            message(story.Breaker).Events.ShouldBeEmpty("the same message again must change nothing");
        }

        public BreakerStory Then(params BreakerEvent[] expected)
        {
            decision.Events.ShouldBe(expected);
            return story;
        }

        public BreakerStory ThenNothing() => Then();

        public Outcome Granted(bool granted)
        {
            decision.Granted.ShouldBe(granted);
            return this;
        }
    }
}
