using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;
using static Orchestrator.Decisions.Specs.Agents.DeskStory;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_an_agent_has_room
{
    [Fact]
    public void a_call_is_let_through_at_once_and_nobody_need_be_told()
    {
        var story = new DeskStory(Agent());
        story.Ask("t").Grant.ShouldBe(new SlotGrant("t", "step/t", new AgentInstance("http://a"), false, 1));
        story.Effects.ShouldBeEmpty();
    }

    [Fact]
    public void the_same_ticket_again_gets_the_same_lease_and_takes_no_second_place()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.Ask("t").Grant.ShouldBe(story.Ask("t").Grant);
        story.Desk.CallsOut.ShouldBe(1);
    }

    [Fact]
    public void what_is_released_twice_is_released_once()
    {
        var story = new DeskStory(Agent());
        story.Ask("t");
        story.Release("t");
        story.Release("t");
        (story.Desk.CallsOut, story.Desk.Calls, story.Desk.IsIdle).ShouldBe((0, 1L, true));
    }

    [Fact]
    public void an_agent_nobody_declared_refuses()
    {
        var answer = new AgentDesk(DeskPolicy.Default).Acquire(new SlotAsk("t", "c", 3, "g", 1), Noon);
        answer.Failure!.Code.ShouldBe(AgentFailures.NotFound);
        answer.Failure.Retryable.ShouldBeFalse();
    }
}

public sealed class When_an_agent_is_full
{
    [Fact]
    public void a_call_waits_for_capacity_with_its_place_and_since_when()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b");
        story.Ask("c").Wait.ShouldBe(new Wait(WaitKind.Capacity, "writer", Noon, 2));
        story.At(3);
        story.Ask("c").Wait.ShouldBe(new Wait(WaitKind.Capacity, "writer", Noon, 2));
    }

    [Fact]
    public void the_longest_wait_is_known_whatever_its_priority_and_group()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.Ask("out");
        story.Desk.WaitingSince.ShouldBeNull();
        story.Ask("low", priority: 1, group: "patient");
        story.At(3);
        story.Ask("top", priority: 5, group: "hasty");
        story.Desk.WaitingSince.ShouldBe(Noon);
        story.Withdraw("low");
        story.Desk.WaitingSince.ShouldBe(Noon.AddSeconds(3));
    }

    [Fact]
    public void the_one_that_waits_is_told_when_there_is_room()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b");
        story.Release("a");
        story.Effects.ShouldHaveSingleItem().ShouldBe(
            new DeskEffect.TellGranted(new SlotGrant("b", "step/b", new AgentInstance("http://a"), false, 1)));
        story.Release("a");
        story.Effects.Count.ShouldBe(1);
    }

    [Fact]
    public void one_more_than_may_wait_is_refused_and_may_try_again()
    {
        var story = new DeskStory(Agent(concurrency: 1, queueMax: 1));
        story.AskAll("a", "b");
        var failure = story.Ask("c").Failure!;
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.QueueFull, true));
        story.Ask("b").Wait.ShouldNotBeNull("who waits already keeps the place");
    }

    [Fact]
    public void who_leaves_the_line_makes_room_in_it()
    {
        var story = new DeskStory(Agent(concurrency: 1, queueMax: 1));
        story.AskAll("a", "b");
        story.Withdraw("b");
        story.Withdraw("b");
        story.Ask("c").Wait!.Position.ShouldBe(1);
    }

    [Fact]
    public void the_more_urgent_go_first_and_within_a_group_the_first()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.Ask("out");
        story.Ask("low1", priority: 1);
        story.Ask("mid1", priority: 3);
        story.Ask("top1", priority: 5);
        story.Ask("mid2", priority: 3);
        story.Ask("top2", priority: 5);
        Drain(story);
        story.TicketsGranted.ShouldBe(["out", "top1", "top2", "mid1", "mid2", "low1"]);
    }

    [Fact]
    public void groups_take_turns_so_that_a_large_one_does_not_keep_a_small_one_waiting()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.Ask("out");
        foreach (var ticket in new[] { "a1", "a2", "a3", "b1", "a4", "c1", "b2" })
        {
            story.Ask(ticket, group: ticket[..1]);
        }

        Drain(story);
        story.TicketsGranted.ShouldBe(["out", "a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
    }

    [Fact]
    public void the_least_urgent_are_not_passed_over_for_ever()
    {
        var story = new DeskStory(Agent(concurrency: 1, queueMax: 1_000));
        story.Ask("out");
        story.Ask("low", priority: 1);
        for (var i = 0; i < 100; i++)
        {
            story.Ask("top" + i, priority: 5);
        }

        Drain(story);
        story.TicketsGranted.ToList().IndexOf("low").ShouldBe(1 + DeskPolicy.Default.PassedOverMax);
    }

    [Fact]
    public void removing_the_agent_refuses_who_waits_and_lets_what_is_out_finish()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b");
        var gone = new StepFailure(AgentFailures.NotFound, "removed", false);
        story.Desk.Close(gone);
        story.Desk.TryTake(out var effect).ShouldBeTrue();
        effect.ShouldBe(new DeskEffect.TellRefused("b", "step/b", gone));
        (story.Desk.CallsOut, story.Desk.Waiting).ShouldBe((1, 0));
        story.Release("a");
        story.Desk.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void more_room_by_a_new_registration_is_given_at_once()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b", "c");
        story.Declare(Agent(concurrency: 2));
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    private static void Drain(DeskStory story)
    {
        for (var served = 0; served < story.Granted.Count; served++)
        {
            story.Release(story.Granted[served].Ticket);
        }
    }
}

public sealed class When_an_agent_has_a_rate
{
    private static AgentRegistration Limited => Agent(rate: new RateLimit(PerMinute: 60, Burst: 2));

    [Fact]
    public void a_burst_goes_through_and_the_next_waits_until_its_token_is_there()
    {
        var story = new DeskStory(Limited);
        story.AskAll("a", "b");
        story.Ask("c").Wait.ShouldBe(new Wait(WaitKind.Limit, "writer", Noon, 1, Noon.AddSeconds(1)));
        story.Ask("d").Wait.ShouldBe(new Wait(WaitKind.Limit, "writer", Noon, 2, Noon.AddSeconds(2)));
        story.Desk.NextAt(Noon).ShouldBe(Noon.AddSeconds(1));
    }

    [Fact]
    public void a_token_is_never_early_and_never_late()
    {
        var story = new DeskStory(Limited);
        story.AskAll("a", "b", "c");
        story.At(0.9999999);
        story.TicketsGranted.ShouldBe(["a", "b"]);
        story.At(1);
        story.TicketsGranted.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void idle_time_saves_no_more_than_the_burst()
    {
        var story = new DeskStory(Limited);
        story.At(3_600);
        story.AskAll("a", "b", "c");
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void a_call_never_made_gives_its_token_back()
    {
        var story = new DeskStory(Limited);
        story.AskAll("a", "b", "c");
        story.Withdraw("a");
        story.TicketsGranted.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void registering_the_same_limit_again_is_no_way_around_it()
    {
        var story = new DeskStory(Limited);
        story.AskAll("a", "b", "c");
        story.Declare(Limited);
        story.Declare(Agent(rate: new RateLimit(60, 5)));
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void a_clock_set_back_neither_gives_nor_takes()
    {
        var story = new DeskStory(Limited);
        story.AskAll("a", "b", "c");
        story.At(-100);
        story.At(-99.5);
        story.TicketsGranted.ShouldBe(["a", "b"]);
        story.At(-99);
        story.TicketsGranted.ShouldBe(["a", "b", "c"]);
    }
}

public sealed class When_a_lease_falls_silent
{
    [Fact]
    public void it_ends_after_ten_seconds_and_its_room_is_given_on()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.AskAll("a", "b");
        story.Desk.NextAt(Noon).ShouldBe(Noon.AddSeconds(10));
        story.At(9.999);
        story.TicketsGranted.ShouldBe(["a"]);
        story.At(10);
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void renewing_prolongs_it()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        var lease = story.Ask("a").Grant!;
        story.Ask("b");
        story.At(9);
        story.Renew(lease);
        story.At(18.9);
        story.TicketsGranted.ShouldBe(["a"]);
        story.At(19);
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void one_the_desk_has_forgotten_is_taken_up_again_even_beyond_the_limit()
    {
        var lease = new SlotGrant("old", "step/old", new AgentInstance("http://gone"), false, 1);
        var story = new DeskStory(Agent(concurrency: 1));
        story.Ask("a");
        story.Renew(lease);
        story.Renew(lease);
        story.Desk.CallsOut.ShouldBe(2);
        story.Release("a");
        story.Ask("b").Wait!.Kind.ShouldBe(WaitKind.Capacity);
        story.Release("old");
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void leases_and_places_of_an_earlier_start_end_as_soon_as_a_later_one_is_seen()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        var old = story.Ask("a", epoch: 1).Grant!;
        story.Ask("b", epoch: 1);
        story.Ask("c", epoch: 2).Grant.ShouldNotBeNull();
        story.Desk.Waiting.ShouldBe(0);
        story.Renew(old);
        story.Desk.CallsOut.ShouldBe(1);
        story.Ask("d", epoch: 1).Failure!.Code.ShouldBe(AgentFailures.Stale);
    }
}

public sealed class When_an_agent_has_several_instances
{
    private static readonly AgentInstance A = new("http://a", 5), B = new("http://b"), C = new("http://c");

    [Fact]
    public void round_robin_goes_around()
    {
        var story = new DeskStory(Agent(instances: [A, B, C]));
        story.AskAll("1", "2", "3", "4");
        story.EndpointsGranted.ShouldBe(["http://a", "http://b", "http://c", "http://a"]);
    }

    [Fact]
    public void weights_are_served_smoothly()
    {
        var story = new DeskStory(Agent(balancing: Balancing.WeightedRoundRobin, instances: [A, B, C]));
        story.AskAll("1", "2", "3", "4", "5", "6", "7");
        string.Concat(story.EndpointsGranted.Select(endpoint => endpoint[^1])).ShouldBe("aabacaa");
    }

    [Fact]
    public void least_connections_prefers_the_idle()
    {
        var story = new DeskStory(Agent(balancing: Balancing.LeastConnections, instances: [A, B]));
        story.AskAll("1", "2");
        story.Release("2");
        story.AskAll("3", "4");
        story.EndpointsGranted.ShouldBe(["http://a", "http://b", "http://b", "http://a"]);
    }

    [Fact]
    public void one_whose_breaker_is_open_is_left_out()
    {
        var story = new DeskStory(Agent(instances: [A, B]));
        story.BreakerStands("http://a", BreakerStatus.Open, untilSeconds: 60);
        story.AskAll("1", "2");
        story.EndpointsGranted.ShouldBe(["http://b", "http://b"]);
    }
}

public sealed class When_the_breaker_of_the_only_instance_is_open
{
    private const string Endpoint = "http://a";

    [Fact]
    public void calls_wait_for_it_and_say_until_when()
    {
        var story = Open();
        story.Ask("t").Wait.ShouldBe(new Wait(WaitKind.Breaker, "writer", Noon, 1, Noon.AddSeconds(60)));
        story.Desk.NextAt(Noon).ShouldBe(Noon.AddSeconds(60));
    }

    [Fact]
    public void opened_by_hand_they_wait_without_an_end()
    {
        var story = new DeskStory(Agent());
        story.BreakerStands(Endpoint, BreakerStatus.Open, byHand: true);
        story.Ask("t").Wait.ShouldBe(new Wait(WaitKind.Breaker, "writer", Noon, 1));
        story.At(1_000_000);
        story.Granted.ShouldBeEmpty();
        story.Desk.NextAt(story.Now).ShouldBeNull();
        story.BreakerStands(Endpoint, BreakerStatus.Closed);
        story.TicketsGranted.ShouldBe(["t"]);
    }

    [Fact]
    public void when_its_time_is_over_one_call_asks_to_be_the_probe()
    {
        var story = Open();
        story.AskAll("t", "u");
        story.At(60);
        story.Effects.ShouldHaveSingleItem().ShouldBe(new DeskEffect.AskProbe("t", Endpoint));
        story.ProbeAnswered("t", Endpoint, granted: true, BreakerStatus.HalfOpen);
        story.Granted.ShouldHaveSingleItem().Probe.ShouldBeTrue();
        story.At(65);
        story.Granted.Count.ShouldBe(1, "only so many probes are out as may be");
    }

    [Fact]
    public void a_probe_that_succeeds_is_told_and_then_the_others_go()
    {
        var story = Open();
        story.AskAll("t", "u");
        story.At(60);
        story.ProbeAnswered("t", Endpoint, granted: true, BreakerStatus.HalfOpen);
        story.Release("t");
        story.Effects.ShouldContain(new DeskEffect.ReportCall("t", Endpoint, CallOutcome.Answered));
        story.BreakerStands(Endpoint, BreakerStatus.Closed);
        story.TicketsGranted.ShouldBe(["t", "u"]);
    }

    [Fact]
    public void a_refused_probe_keeps_its_place_and_asks_again_a_second_later()
    {
        var story = Open();
        story.AskAll("t", "u");
        story.At(60);
        story.ProbeAnswered("t", Endpoint, granted: false, BreakerStatus.HalfOpen);
        story.Granted.ShouldBeEmpty();
        story.Effects.Count.ShouldBe(1);
        story.At(61);
        story.Effects[^1].ShouldBe(new DeskEffect.AskProbe("t", Endpoint));
    }

    [Fact]
    public void a_probe_whose_caller_left_meanwhile_is_given_back()
    {
        var story = Open();
        story.Ask("t");
        story.At(60);
        story.Withdraw("t");
        story.ProbeAnswered("t", Endpoint, granted: true, BreakerStatus.HalfOpen);
        story.Effects[^1].ShouldBe(new DeskEffect.ReportCall("t", Endpoint, CallOutcome.Abandoned));
        story.Desk.IsIdle.ShouldBeTrue();
    }

    [Fact]
    public void a_probe_that_fell_silent_is_given_back()
    {
        var story = Open();
        story.Ask("t");
        story.At(60);
        story.ProbeAnswered("t", Endpoint, granted: true, BreakerStatus.HalfOpen);
        story.At(70);
        story.Effects[^1].ShouldBe(new DeskEffect.ReportCall("t", Endpoint, CallOutcome.Abandoned));
    }

    private static DeskStory Open()
    {
        var story = new DeskStory(Agent());
        story.BreakerStands(Endpoint, BreakerStatus.Open, untilSeconds: 60);
        return story;
    }
}

public sealed class When_calls_end
{
    [Fact]
    public void the_breaker_hears_of_failures_and_of_the_first_success_after_them_and_of_nothing_else()
    {
        var story = new DeskStory(Agent());
        foreach (var (ticket, outcome) in new[]
        {
            ("1", CallOutcome.Answered), ("2", CallOutcome.Broken), ("3", CallOutcome.Abandoned),
            ("4", CallOutcome.Broken), ("5", CallOutcome.Answered), ("6", CallOutcome.Answered),
        })
        {
            story.Ask(ticket);
            story.Release(ticket, outcome);
        }

        story.Effects.Cast<DeskEffect.ReportCall>().Select(report => (report.Ticket, report.Outcome)).ShouldBe(
            [("2", CallOutcome.Broken), ("4", CallOutcome.Broken), ("5", CallOutcome.Answered)]);
        (story.Desk.Calls, story.Desk.Failures).ShouldBe((5L, 2L));
    }

    [Theory]
    [InlineData(null, CallOutcome.Answered)]
    [InlineData(AgentFailures.Timeout, CallOutcome.Broken)]
    [InlineData(AgentFailures.Unreachable, CallOutcome.Broken)]
    [InlineData(AgentFailures.Error, CallOutcome.Broken)]
    [InlineData(AgentFailures.Rejected, CallOutcome.Answered)]
    [InlineData(AgentFailures.Busy, CallOutcome.Answered)]
    [InlineData(AgentFailures.AddressRefused, CallOutcome.Abandoned)]
    [InlineData("quiz.no_text", CallOutcome.Answered)]
    public void what_is_broken_is_the_instance_and_not_the_request(string? code, CallOutcome outcome) =>
        CallJudgement.Of(code is null ? null : new StepFailure(code, "", true)).ShouldBe(outcome);
}
