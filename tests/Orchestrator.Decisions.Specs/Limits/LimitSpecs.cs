using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;
using static Orchestrator.Decisions.Specs.Limits.LimitStory;

namespace Orchestrator.Decisions.Specs.Limits;

public sealed class When_a_limit_has_room
{
    [Fact]
    public void a_call_goes_on_at_once_and_nobody_need_be_told()
    {
        var story = new LimitStory(Places(1));
        story.Ask("t", "ana").Grant.ShouldBe(new LimitGrant("t", "step/t", "ana", "", 0, 1));
        story.Effects.ShouldBeEmpty();
    }

    [Fact]
    public void the_same_ticket_again_gets_the_same_lease_and_takes_no_second_place()
    {
        var story = new LimitStory(Places(1) with { Requests = new LimitRate(1, TimeSpan.FromHours(1), 1) });
        story.Ask("t").Grant.ShouldBe(story.Ask("t").Grant);
        (story.Desk.Held, story.Desk.Granted).ShouldBe((1, 1L));
    }

    [Fact]
    public void what_is_released_twice_is_released_once()
    {
        var story = new LimitStory(Places(2));
        story.Ask("t");
        story.Ask("u");
        story.Release("t");
        story.Release("t");
        (story.Desk.Held, story.Desk.IsIdle).ShouldBe((1, false));
    }

    [Fact]
    public void a_call_that_was_never_made_gives_back_what_it_took()
    {
        var story = new LimitStory(PerSecond(1, onLimit: OnLimit.Reject) with { Tokens = new LimitRate(1, TimeSpan.FromHours(1), 100) });
        story.Ask("t", tokens: 100).Grant!.Tokens.ShouldBe(100);
        story.Withdraw("t");
        story.Ask("u", tokens: 100).Grant.ShouldNotBeNull();
    }

    [Fact]
    public void a_limit_nobody_declared_lets_nothing_through() =>
        new LimitDesk(LimitDeskPolicy.Default).Acquire(new LimitAsk("t", "c", "k", "", 3, null, 1), Noon).Failure!.Code.ShouldBe(LimitFailures.NotFound);
}

public sealed class When_a_limit_has_no_room
{
    [Theory]
    [InlineData(OnLimit.Reject), InlineData(OnLimit.Degrade)]
    public void nobody_waits_where_nobody_may(OnLimit onLimit)
    {
        var story = new LimitStory(PerSecond(2, onLimit: onLimit));
        story.Ask("t");
        var answer = story.Ask("u");
        (answer.Degrade, answer.Failure?.Code).ShouldBe(onLimit == OnLimit.Degrade ? (true, null) : (false, LimitFailures.Exceeded));
        answer.Failure?.RetryAfter.ShouldBe(TimeSpan.FromSeconds(0.5));
        story.Desk.Waiting.ShouldBe(0);
        story.At(0.5);
        story.Ask("u").Grant.ShouldNotBeNull();
    }

    [Fact]
    public void a_wait_tells_the_limit_the_key_the_place_and_the_time()
    {
        var story = new LimitStory(PerSecond(1));
        story.Ask("t", "ana");
        story.Ask("u", "ana");
        story.Ask("v", "ana").Wait.ShouldBe(new Wait(WaitKind.Limit, "llm/ana", Noon, 2, Noon.AddSeconds(2)));
    }

    [Fact]
    public void who_waited_is_told_at_the_time_and_not_before()
    {
        var story = new LimitStory(PerSecond(1));
        story.Ask("t");
        story.Ask("u");
        story.At(0.999);
        story.Effects.ShouldBeEmpty();
        story.At(1);
        story.Effects.ShouldHaveSingleItem().ShouldBe(new LimitEffect.TellGranted(new LimitGrant("u", "step/u", "k", "", 0, 1)));
        story.Ask("u").Grant.ShouldNotBeNull("asking again gives the lease that was told");
    }

    [Fact]
    public void a_wait_ends_after_its_time()
    {
        var story = new LimitStory(Places(1) with { OnLimit = OnLimit.Wait, WaitMax = TimeSpan.FromSeconds(5) });
        story.Ask("t");
        story.Ask("u").Wait!.Until.ShouldBe(Noon.AddSeconds(5));
        story.At(5);
        var refused = story.Refused.ShouldHaveSingleItem();
        (refused.Ticket, refused.Failure.Code, refused.Failure.Retryable).ShouldBe(("u", LimitFailures.WaitedTooLong, true));
        story.Desk.Waiting.ShouldBe(0);
    }

    [Fact]
    public void a_queue_has_an_end_and_each_key_its_share_of_it()
    {
        var story = new LimitStory(Places(1) with { QueueMax = 4 });
        story.Ask("out", "hot");
        string[] hot = ["h1", "h2", "h3", "h4", "h5"];
        foreach (var ticket in hot)
        {
            story.Ask(ticket, "hot");
        }

        story.Ask("h6", "hot").Failure!.Code.ShouldBe(LimitFailures.QueueFull);
        story.Ask("q1", "quiet").Wait.ShouldNotBeNull();
        story.Ask("q2", "quiet").Wait.ShouldNotBeNull();
        story.Refused.Select(refused => refused.Ticket).ShouldBe(["h4", "h3"], "the last ones of the longest line give way");
        story.Ask("q3", "quiet").Failure!.Code.ShouldBe(LimitFailures.QueueFull);
        story.Desk.Waiting.ShouldBe(4);
    }

    [Fact]
    public void closing_it_sends_everybody_away_and_nobody_twice()
    {
        var story = new LimitStory(Places(1));
        story.Ask("t");
        story.Ask("u");
        var gone = new StepFailure(LimitFailures.NotFound, "It is gone.", Retryable: false);
        story.Desk.Close(gone);
        story.Desk.Close(gone);
        story.Withdraw("none");
        story.Refused.ShouldHaveSingleItem().Failure.ShouldBe(gone);
        story.Desk.Held.ShouldBe(1);
    }

    [Fact]
    public void a_higher_limit_is_felt_at_once()
    {
        var story = new LimitStory(Places(1));
        story.Ask("t");
        story.Ask("u");
        story.Declare(Places(2));
        story.Granted.Select(grant => grant.Ticket).ShouldBe(["t", "u"]);
    }
}

public sealed class When_tokens_are_counted
{
    private static readonly Limit Tokens = new("llm", Tokens: new LimitRate(1_000, TimeSpan.FromMinutes(1), 1_000), OnLimit: OnLimit.Queue, TokensEstimate: 400);

    [Fact]
    public void the_estimate_is_reserved_and_settled_by_what_was_used()
    {
        var story = new LimitStory(Tokens);
        story.Ask("a");
        story.Ask("b");
        story.Ask("c").Wait.ShouldNotBeNull("two estimates of 400 leave 200");
        story.Release("a", tokens: 100);
        story.Granted.Select(grant => grant.Ticket).ShouldBe(["a", "b", "c"]);
        story.Desk.PoolsAt(story.Now).Single().TokensLeft.ShouldBe(100);
    }

    [Fact]
    public void what_was_used_beyond_the_estimate_is_owed_by_those_who_come_next()
    {
        var story = new LimitStory(Tokens);
        story.Ask("a");
        story.Release("a", tokens: 1_600);
        story.Desk.PoolsAt(story.Now).Single().TokensLeft.ShouldBe(-600);
        story.Ask("b", "another key").Wait!.Until.ShouldBe(Noon.AddMinutes(1));
    }

    [Fact]
    public void without_a_count_the_estimate_stands()
    {
        var story = new LimitStory(Tokens);
        story.Ask("a");
        story.Release("a");
        story.Desk.PoolsAt(story.Now).Single().TokensLeft.ShouldBe(600);
    }

    [Fact]
    public void more_than_the_burst_is_not_waited_for_in_vain()
    {
        var story = new LimitStory(Tokens);
        story.Ask("a", tokens: 50_000).Grant!.Tokens.ShouldBe(1_000);
    }
}

public sealed class When_holders_of_a_limit_are_lost
{
    [Fact]
    public void a_silent_lease_ends_and_its_place_is_given_on()
    {
        var story = new LimitStory(Places(1));
        story.Ask("t");
        story.Ask("u");
        story.At(9.999);
        story.Effects.ShouldBeEmpty();
        story.At(10);
        story.Granted.Select(grant => grant.Ticket).ShouldBe(["t", "u"]);
    }

    [Fact]
    public void a_renewed_one_does_not()
    {
        var story = new LimitStory(Places(1));
        var lease = story.Ask("t").Grant!;
        story.At(9);
        story.Renew(lease);
        story.At(18);
        story.Desk.Held.ShouldBe(1);
    }

    [Fact]
    public void a_later_start_of_their_process_ends_what_the_earlier_one_held()
    {
        var story = new LimitStory(Places(1));
        story.Ask("t", epoch: 1);
        story.Ask("u", epoch: 2).Grant.ShouldNotBeNull();
        story.Ask("v", epoch: 1).Failure!.Code.ShouldBe(AgentFailures.Stale);
    }

    [Fact]
    public void a_desk_that_may_have_had_a_predecessor_first_hears_who_holds_what()
    {
        var story = new LimitStory(Places(1), mayHavePredecessor: true);
        story.Ask("new").Wait.ShouldNotBeNull();
        story.At(4);
        story.Renew(new LimitGrant("old", "step/old", "k", "", 0, 1));
        story.At(6);
        story.Granted.ShouldBeEmpty();
        story.Release("old");
        story.Granted.ShouldHaveSingleItem().Ticket.ShouldBe("new");
    }

    [Fact]
    public void its_rates_are_counted_from_none_also_for_keys_that_come_later()
    {
        var story = new LimitStory(PerSecond(1, burst: 100, onLimit: OnLimit.Reject) with { Scope = LimitScope.Key }, mayHavePredecessor: true);
        story.At(6);
        story.Ask("t", "late", pool: "late").Grant.ShouldNotBeNull();
        story.Desk.PoolsAt(story.Now).Single().RequestsLeft.ShouldBe(5);
    }
}

public sealed class When_keys_come_and_go
{
    [Fact]
    public void what_nothing_depends_on_is_forgotten()
    {
        var story = new LimitStory(PerSecond(1_000, burst: 10) with { Scope = LimitScope.Key }, policy: LimitDeskPolicy.Default with { KeysMax = 100 });
        for (var i = 0; i < 10_000; i++)
        {
            story.At(i);
            story.Ask("t" + i, "k" + i, pool: "k" + i).Grant.ShouldNotBeNull();
            story.Release("t" + i);
        }

        story.Desk.PoolsAt(story.Now).Count().ShouldBeLessThan(200);
    }

    [Fact]
    public void more_keys_than_are_kept_apart_are_refused_for_now()
    {
        var story = new LimitStory(Places(1_000), policy: LimitDeskPolicy.Default with { KeysMax = 100 });
        for (var i = 0; i < 100; i++)
        {
            story.Ask("t" + i, "k" + i).Grant.ShouldNotBeNull();
        }

        var refused = story.Ask("one more", "one more").Failure!;
        (refused.Code, refused.Retryable).ShouldBe((LimitFailures.TooManyKeys, true));
        story.Ask("known", "k7").Grant.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("workflow", "w"), InlineData("plan", "p"), InlineData("agent", "a"), InlineData("tag:tenant", "acme"), InlineData("tag:none", "")]
    public void a_limit_says_where_the_key_is_taken_from_and_a_step_may_say_better(string from, string key)
    {
        var limit = Places(1) with { KeyFrom = from, Scope = LimitScope.Key };
        var facts = new LimitFacts("w", "p", "a", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("tenant", "acme"));
        (LimitKeys.Of(limit, facts), LimitKeys.PoolOf(limit, facts)).ShouldBe((key, key));
        LimitKeys.Of(limit, facts with { Key = "said" }).ShouldBe("said");
    }
}

public sealed class When_a_limit_is_declared
{
    public static TheoryData<Limit, string> Wrong => new()
    {
        { Places(1) with { Name = "a b" }, "name" },
        { new Limit("llm"), "requests" },
        { PerSecond(0), "requests" },
        { Places(1) with { Tokens = new LimitRate(1, TimeSpan.FromDays(32), 1) }, "tokens" },
        { Places(0), "concurrency" },
        { Places(1) with { KeyFrom = "tag:" }, "keyFrom" },
        { Places(1) with { WaitMax = TimeSpan.FromSeconds(1) }, "waitMax" },
        { Places(1) with { OnLimit = OnLimit.Degrade }, "fallbackAgent" },
        { Places(1) with { FallbackAgent = "other" }, "fallbackAgent" },
        { Places(1) with { QueueMax = -1 }, "queueMax" },
        { Places(1, OnLimit.Queue, ("a", 1), ("a", 2)), "weights" },
        { Places(1, OnLimit.Queue, ("a", 0)), "weights" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void what_makes_no_sense_is_named(Limit limit, string member) => LimitRules.Problems(LimitRules.Complete(limit)).ShouldHaveSingleItem().Member.ShouldBe(member);

    [Fact]
    public void what_makes_sense_is_taken() =>
        LimitRules.Check(LimitRules.Complete(PerSecond(10, 20, OnLimit.Degrade) with { FallbackModel = "small", KeyFrom = "tag:tenant" })).ShouldBeNull();
}
