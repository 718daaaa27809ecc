using Orchestrator.Decisions.Breakers;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Decisions.Specs.Breakers.BreakerStory;

namespace Orchestrator.Decisions.Specs.Breakers;

public sealed class When_a_breaker_is_closed
{
    private static readonly BreakerEvent Heard = new BreakerEvent.Heard("agent", 1);

    [Fact]
    public void a_failure_below_the_threshold_is_counted() =>
        Given().When(Report(CallOutcome.Broken)).Then(Heard, new BreakerEvent.FailureCounted(Noon))
            .Breaker.Status.ShouldBe(BreakerStatus.Closed);

    [Fact]
    public void the_failure_that_reaches_the_threshold_opens_it()
    {
        var breaker = Given(new BreakerEvent.FailureCounted(Noon), new BreakerEvent.FailureCounted(Noon))
            .When(Report(CallOutcome.Broken, atSeconds: 5))
            .Then(Heard, new BreakerEvent.FailureCounted(Noon.AddSeconds(5)), new BreakerEvent.Opened(Noon.AddSeconds(65))).Breaker;
        (breaker.Status, breaker.OpenUntil, breaker.ConsecutiveFailures).ShouldBe((BreakerStatus.Open, Noon.AddSeconds(65), 3));
    }

    [Fact]
    public void a_success_between_failures_starts_the_count_again() =>
        Given(new BreakerEvent.FailureCounted(Noon), new BreakerEvent.FailureCounted(Noon))
            .When(Report(CallOutcome.Answered)).Then(Heard, new BreakerEvent.FailuresForgotten())
            .When(Report(CallOutcome.Broken, number: 2)).Then(new BreakerEvent.Heard("agent", 2), new BreakerEvent.FailureCounted(Noon));

    [Fact]
    public void failures_months_apart_do_not_add_up_when_successes_lie_between()
    {
        var story = Given();
        for (var month = 0; month < 12; month++)
        {
            var at = month * 30 * 86_400d;
            story.When(Report(CallOutcome.Broken, number: (month * 2) + 1, atSeconds: at));
            story.When(Report(CallOutcome.Answered, number: (month * 2) + 2, atSeconds: at + 1));
        }

        story.Breaker.Status.ShouldBe(BreakerStatus.Closed);
    }

    [Theory, InlineData(CallOutcome.Answered), InlineData(CallOutcome.Abandoned)]
    public void neither_a_success_nor_a_call_given_up_is_news(CallOutcome outcome) => Given().When(Report(outcome)).ThenNothing();

    [Fact]
    public void a_call_needs_no_probe() => Given().When(TryProbe("t", 0)).Granted(true).ThenNothing();

    [Fact]
    public void a_report_of_another_reporter_with_the_same_number_counts() =>
        Given(new BreakerEvent.Heard("agent@1", 1), new BreakerEvent.FailureCounted(Noon))
            .When(Report(CallOutcome.Broken)).Then(Heard, new BreakerEvent.FailureCounted(Noon));
}

public sealed class When_a_breaker_is_open
{
    [Fact]
    public void nothing_goes_through_before_its_time() => GivenOpen().When(TryProbe("p", 59.999)).Granted(false).ThenNothing();

    [Fact]
    public void the_first_call_after_its_time_is_a_probe() =>
        GivenOpen().When(TryProbe("p", 60)).Granted(true)
            .Then(new BreakerEvent.HalfOpened(), new BreakerEvent.ProbeLetThrough("p", Noon.AddSeconds(120)))
            .Breaker.Status.ShouldBe(BreakerStatus.HalfOpen);

    [Fact]
    public void a_late_failure_moves_its_end() =>
        GivenOpen().When(Report(CallOutcome.Broken, atSeconds: 30))
            .Then(new BreakerEvent.Heard("agent", 1), new BreakerEvent.FailureCounted(Noon.AddSeconds(30)), new BreakerEvent.Opened(Noon.AddSeconds(90)))
            .When(TryProbe("p", 60)).Granted(false).ThenNothing();

    [Fact]
    public void a_late_success_proves_nothing() => GivenOpen().When(Report(CallOutcome.Answered, atSeconds: 30)).ThenNothing();
}

public sealed class When_a_breaker_is_half_open
{
    private static readonly BreakerEvent Heard = new BreakerEvent.Heard("agent", 1);

    [Fact]
    public void no_more_probes_go_through_than_allowed() => GivenHalfOpen("p").When(TryProbe("q", 61)).Granted(false).ThenNothing();

    [Fact]
    public void the_probe_may_ask_again() => GivenHalfOpen("p").When(TryProbe("p", 61)).Granted(true).ThenNothing();

    [Fact]
    public void a_probe_that_succeeds_closes_it_and_forgets_the_failures()
    {
        var breaker = GivenHalfOpen("p").When(Report(CallOutcome.Answered, "p", atSeconds: 62)).Then(Heard, new BreakerEvent.Closed()).Breaker;
        (breaker.Status, breaker.ConsecutiveFailures, breaker.Probes.Length).ShouldBe((BreakerStatus.Closed, 0, 0));
    }

    [Fact]
    public void a_probe_that_fails_opens_it_again() =>
        GivenHalfOpen("p").When(Report(CallOutcome.Broken, "p", atSeconds: 62))
            .Then(Heard, new BreakerEvent.FailureCounted(Noon.AddSeconds(62)), new BreakerEvent.Opened(Noon.AddSeconds(122)))
            .When(TryProbe("q", 121)).Granted(false).ThenNothing();

    [Fact]
    public void a_probe_given_up_makes_room_for_another() =>
        GivenHalfOpen("p").When(Report(CallOutcome.Abandoned, "p", atSeconds: 62)).Then(Heard, new BreakerEvent.ProbeReturned("p"))
            .When(TryProbe("q", 63)).Granted(true).Then(new BreakerEvent.ProbeLetThrough("q", Noon.AddSeconds(123)));

    [Fact]
    public void a_probe_never_heard_of_again_loses_its_place() =>
        GivenHalfOpen("p").When(TryProbe("q", 120)).Granted(true)
            .Then(new BreakerEvent.ProbeReturned("p"), new BreakerEvent.ProbeLetThrough("q", Noon.AddSeconds(180)));

    [Theory, InlineData(CallOutcome.Answered), InlineData(CallOutcome.Broken), InlineData(CallOutcome.Abandoned)]
    public void a_late_report_of_a_call_that_is_no_probe_changes_nothing(CallOutcome outcome) =>
        GivenHalfOpen("p").When(Report(outcome, "old", atSeconds: 62)).ThenNothing();
}

public sealed class When_a_person_sets_a_breaker
{
    [Fact]
    public void tripped_it_stays_open_whatever_is_reported_and_however_late() =>
        Given().When(breaker => BreakerDecisions.Trip(breaker, "ada")).Then(new BreakerEvent.Tripped("ada"))
            .When(Report(CallOutcome.Answered)).ThenNothing()
            .When(Report(CallOutcome.Broken, number: 2)).ThenNothing()
            .When(TryProbe("p", 86_400)).Granted(false).ThenNothing();

    [Fact]
    public void reset_it_is_closed_and_counts_from_nothing()
    {
        var breaker = GivenOpen().When(state => BreakerDecisions.Reset(state, "ada")).Then(new BreakerEvent.Reset("ada")).Breaker;
        (breaker.Status, breaker.ConsecutiveFailures, breaker.ByHand, breaker.OpenUntil).ShouldBe((BreakerStatus.Closed, 0, false, null));
    }

    [Fact]
    public void reset_also_ends_what_was_tripped() =>
        Given(new BreakerEvent.Tripped("ada")).When(state => BreakerDecisions.Reset(state, "bob")).Then(new BreakerEvent.Reset("bob"))
            .When(Report(CallOutcome.Broken)).Then(new BreakerEvent.Heard("agent", 1), new BreakerEvent.FailureCounted(Noon));
}
