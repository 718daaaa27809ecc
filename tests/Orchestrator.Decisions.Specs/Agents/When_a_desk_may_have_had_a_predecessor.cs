using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;
using static Orchestrator.Decisions.Specs.Agents.DeskStory;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_a_desk_may_have_had_a_predecessor
{
    private static readonly double Settled = DeskPolicy.Default.SettleFor.TotalSeconds;

    private static SlotGrant Lease(string ticket) => new(ticket, "step/" + ticket, new AgentInstance("http://a"), Probe: false, Epoch: 1);

    private static SlotAsk AskedBy(string owner) => new("a", "step/a", 3, "g", Epoch: 1, owner);

    [Fact]
    public void nothing_is_granted_until_leases_have_had_time_to_be_renewed()
    {
        var story = new DeskStory(Agent(concurrency: 2), mayHavePredecessor: true);
        KindOf(story.Ask("a")).ShouldBe(WaitKind.Capacity);
        story.Desk.NextAt(story.Now).ShouldBe(Noon.AddSeconds(Settled));
        story.At(Settled - 0.001);
        story.TicketsGranted.ShouldBeEmpty();
        story.At(Settled);
        story.TicketsGranted.ShouldBe(["a"]);
    }

    [Fact]
    public void what_was_renewed_meanwhile_counts()
    {
        var story = new DeskStory(Agent(concurrency: 2), mayHavePredecessor: true);
        story.AskAll("a", "b");
        story.At(3);
        story.Renew(Lease("old-1"));
        story.Renew(Lease("old-2"));
        story.At(Settled);
        story.TicketsGranted.ShouldBeEmpty();
        story.Release("old-1");
        story.TicketsGranted.ShouldBe(["a"]);
    }

    [Fact]
    public void who_waits_and_whose_lease_is_renewed_waits_no_more()
    {
        var story = new DeskStory(Agent(concurrency: 1), mayHavePredecessor: true);
        story.Ask("a");
        story.Renew(Lease("a"));
        story.At(Settled);
        (story.Desk.CallsOut, story.Desk.Waiting).ShouldBe((1, 0));
    }

    [Fact]
    public void tokens_that_may_have_been_given_out_are_not_given_again()
    {
        var story = new DeskStory(Agent(rate: new RateLimit(PerMinute: 6, Burst: 5)), mayHavePredecessor: true);
        story.AskAll("a", "b");
        story.At(9.9);
        story.TicketsGranted.ShouldBeEmpty();
        story.At(10);
        story.TicketsGranted.ShouldBe(["a"]);
        story.At(20);
        story.TicketsGranted.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void an_attempt_that_is_made_elsewhere_now_does_not_end_with_the_process_that_asked_first()
    {
        var desk = new AgentDesk(DeskPolicy.Default);
        desk.Declare(Agent(concurrency: 1), Noon);
        desk.Acquire(new SlotAsk("a", "step/a", 3, "g", Epoch: 1, Owner: "one"), Noon).Grant.ShouldNotBeNull();
        var moved = desk.Acquire(new SlotAsk("a", "step/a", 3, "g", Epoch: 2, Owner: "two"), Noon).Grant!;
        (moved.Owner, moved.Epoch).ShouldBe(("two", 2));

        desk.Acquire(new SlotAsk("b", "step/b", 3, "g", Epoch: 3, Owner: "one"), Noon).Grant.ShouldBeNull();
        desk.CallsOut.ShouldBe(1);
    }

    [Fact]
    public void a_lease_that_an_attempt_finds_when_it_asks_from_elsewhere_has_all_of_its_time()
    {
        var story = new DeskStory(Agent(concurrency: 1));
        story.Desk.Acquire(AskedBy("one"), Noon).Grant.ShouldNotBeNull();
        story.Ask("b");
        story.At(9);
        story.Desk.Acquire(AskedBy("two"), story.Now).Grant.ShouldNotBeNull();

        story.At(11);
        story.TicketsGranted.ShouldBeEmpty();
        story.At(19);
        story.TicketsGranted.ShouldBe(["b"]);
    }

    [Fact]
    public void a_lease_that_has_ended_or_moved_on_is_not_told_again()
    {
        var desk = new AgentDesk(DeskPolicy.Default);
        desk.Declare(Agent(concurrency: 1), Noon);
        var first = desk.Acquire(AskedBy("one"), Noon).Grant!;
        desk.MayTell(first, Noon.AddSeconds(9)).ShouldBeTrue();
        desk.MayTell(first, Noon.AddSeconds(18)).ShouldBeTrue("telling gives a lease all of its time");

        var moved = desk.Acquire(AskedBy("two"), Noon.AddSeconds(20)).Grant!;
        desk.MayTell(first, Noon.AddSeconds(20)).ShouldBeFalse();
        desk.MayTell(moved, Noon.AddSeconds(20)).ShouldBeTrue();
        desk.MayTell(moved, Noon.AddSeconds(30)).ShouldBeFalse();

        // The attempt waits once more when the word that did not arrive is told again.
        desk.Acquire(new SlotAsk("b", "step/b", 3, "g", Epoch: 1, Owner: "one"), Noon.AddSeconds(31)).Grant.ShouldNotBeNull();
        desk.Acquire(AskedBy("two"), Noon.AddSeconds(31)).Grant.ShouldBeNull();
        desk.MayTell(moved, Noon.AddSeconds(31)).ShouldBeFalse();
    }

    [Fact]
    public void a_desk_that_can_have_had_none_grants_at_once() => new DeskStory(Agent()).Ask("a").Grant.ShouldNotBeNull();
}
