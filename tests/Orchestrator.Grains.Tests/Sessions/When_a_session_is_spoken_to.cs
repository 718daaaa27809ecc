using Orchestrator.Decisions.Sessions;
using Orchestrator.Grains.Sessions;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Sessions;

public sealed class When_a_session_is_spoken_to
{
    [Fact]
    public void a_message_is_answered_by_a_workflow_and_remembered_once()
    {
        using var world = new SessionWorld();
        world.Open().Replayed.ShouldBeFalse();
        var posted = world.Post("a");
        posted.Message!.State.ShouldBe(MessageState.Running);
        world.Pass(3);

        var session = world.See()!;
        session.Turns.Single().Reply!.Value.ToString().ShouldBe("""{"count":1}""");
        session.States["counter"].ToString().ShouldBe("1");
        var row = world.Journal.Rows().Single();
        (row.Id, row.Status).ShouldBe((posted.Message.Workflow, WorkflowStatus.Completed));

        world.Post("a").Replayed.ShouldBeTrue();
        world.Open().Replayed.ShouldBeTrue();
        world.Open(fingerprint: "other").Refusal!.Code.ShouldBe(SessionCodes.Exists);
        world.Pass(3);
        world.Calls.ShouldBe(1);
        world.See()!.Version.ShouldBe(session.Version);
    }

    [Fact]
    public void messages_have_their_turns_one_after_the_other()
    {
        using var world = new SessionWorld { Takes = TimeSpan.FromSeconds(5) };
        world.Open();
        world.Post("a");
        world.Post("b");
        world.Post("c", action: "fail");
        world.StateOf("b").ShouldBe(MessageState.Waiting);
        world.Pass(6);
        (world.StateOf("a"), world.StateOf("b"), world.StateOf("c")).ShouldBe((MessageState.Answered, MessageState.Running, MessageState.Waiting));
        world.Pass(12);

        world.See()!.Turns.Select(turn => (turn.Id, turn.State)).ShouldBe([("a", MessageState.Answered), ("b", MessageState.Answered), ("c", MessageState.Failed)]);
        world.See()!.States["counter"].ToString().ShouldBe("2");
        world.StateOf("nobody").ShouldBeNull();
    }

    [Fact]
    public void one_that_interrupts_is_next_and_the_stopped_one_leaves_no_trace_in_the_agents_state()
    {
        using var world = new SessionWorld { Takes = TimeSpan.FromSeconds(30) };
        world.Open();
        world.Post("a");
        world.Pass(1);
        world.Post("b");
        world.Takes = TimeSpan.FromSeconds(1);
        world.Post("c", OnBusy.Interrupt);
        world.Pass(5);

        world.See()!.Turns.Select(turn => (turn.Id, turn.State)).ShouldBe([("a", MessageState.Interrupted), ("c", MessageState.Answered), ("b", MessageState.Answered)]);
        world.See()!.States["counter"].ToString().ShouldBe("2");
        world.Journal.Rows().Count(row => row.Status == WorkflowStatus.Cancelled).ShouldBe(1);
    }

    [Fact]
    public void one_that_may_not_wait_is_refused()
    {
        using var world = new SessionWorld();
        world.Open();
        world.Post("a");
        world.Post("b", OnBusy.Reject).Refusal!.Code.ShouldBe(SessionCodes.Busy);
        world.Pass(3);
        world.Post("b", OnBusy.Reject).Refusal.ShouldBeNull();
    }

    [Fact]
    public void what_was_taken_on_is_answered_after_a_crash_without_anybody_asking()
    {
        using var world = new SessionWorld();
        world.Open();
        world.Post("a");
        world.Post("b");
        world.CrashAndRestart();
        world.Pass(180);

        world.Journal.Rows().Count(row => row.Status == WorkflowStatus.Completed).ShouldBe(2);
        world.See()!.States["counter"].ToString().ShouldBe("2");
    }

    /// <summary>Crashes at any moment, clients that ask again: no message is lost, and none counts twice.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void every_message_counts_once_whatever_crashes(int seed)
    {
        const int Messages = 12;
        var chance = new Random(seed);
        using var world = new SessionWorld((ulong)seed) { Takes = TimeSpan.FromMilliseconds(chance.Next(1, 3_000)) };
        world.Open();
        var sent = Enumerable.Range(0, Messages).Select(n => world.Send("m" + n, TimeSpan.FromMilliseconds(chance.Next(0, 30_000)))).ToList();

        // One fewer than put a step aside that seems to bring its process down.
        for (var crash = 0; crash < 4; crash++)
        {
            world.Pass(chance.NextDouble() * 8);
            world.CrashAndRestart();
        }

        world.RunUntil(() => sent.TrueForAll(task => task.IsCompleted), TimeSpan.FromMinutes(10));
        world.Pass(1_200);

        var session = world.See()!;
        session.IsBusy.ShouldBeFalse();
        session.Turns.Where(turn => turn.State != MessageState.Answered).Select(turn => (turn.Id, turn.State, turn.Problem)).ShouldBeEmpty();
        session.Turns.Select(turn => turn.Id).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Messages).Select(n => "m" + n).Order(StringComparer.Ordinal));
        session.Turns.Select(turn => turn.Number).ShouldBe(Enumerable.Range(1, Messages).Select(n => (long)n));
        session.States["counter"].ToString().ShouldBe("12");
        world.Calls.ShouldBeGreaterThanOrEqualTo(Messages);
    }

    /// <summary>The client asks again after the crash; whatever turn it came at, the message has one number, one reply and one place in the agent's memory.</summary>
    [Theory]
    [MemberData(nameof(Turns))]
    public void a_crash_at_any_turn_around_a_message_lets_it_count_once(int turns)
    {
        using var world = new SessionWorld((ulong)turns);
        world.Open();
        var (first, second) = (world.Send("a", TimeSpan.Zero), world.Send("b", TimeSpan.Zero));
        world.CrashAfter(turns);
        world.RunUntil(() => first.IsCompleted && second.IsCompleted, TimeSpan.FromMinutes(10));
        world.Pass(180);

        var session = world.See()!;
        session.Turns.Select(turn => (turn.Number, turn.State)).ShouldBe([(1, MessageState.Answered), (2, MessageState.Answered)]);
        session.Turns.Select(turn => turn.Id).ShouldBe(["a", "b"], ignoreOrder: true);
        session.States["counter"].ToString().ShouldBe("2");
        world.Journal.Rows().Count().ShouldBe(2);
    }

    public static TheoryData<int> Turns() => [.. Enumerable.Range(0, 20).Select(n => n * 3)];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 25)];

    [Fact]
    public void one_that_rests_gives_its_memory_back_and_is_found_again_by_its_key()
    {
        using var world = new SessionWorld();
        world.Open();
        world.Post("a");
        world.Pass(5);
        world.Pass(3_600);
        world.Activations.ShouldBe(0);

        world.Post("b");
        world.Pass(5);
        world.See()!.States["counter"].ToString().ShouldBe("2");
    }

    [Fact]
    public void one_that_nothing_changes_for_long_is_forgotten_and_may_be_opened_anew()
    {
        using var world = new SessionWorld();
        world.Open();
        world.Post("a");
        world.Pass(TimeSpan.FromDays(29).TotalSeconds);
        world.See().ShouldNotBeNull();
        world.Pass(TimeSpan.FromDays(2).TotalSeconds);
        world.See().ShouldBeNull();

        // A new life under the old id finds no workflow of the former one.
        world.Open();
        world.Post("a").Replayed.ShouldBeFalse();
        world.Pass(5);
        world.See()!.States["counter"].ToString().ShouldBe("1");
        world.Calls.ShouldBe(2);
    }

    [Fact]
    public void a_closed_one_stops_what_it_did_and_takes_no_more()
    {
        using var world = new SessionWorld { Takes = TimeSpan.FromSeconds(30) };
        world.Open();
        world.Post("a");
        world.Post("b");
        world.Pass(1);
        world.Do(() => world.Grains.Session(new SessionId("s1")).CloseAsync("over")).Replayed.ShouldBeFalse();
        world.Do(() => world.Grains.Session(new SessionId("s1")).CloseAsync("again")).Replayed.ShouldBeTrue();
        world.Pass(2);

        var session = world.See()!;
        (session.Phase, session.ClosedFor).ShouldBe((SessionPhase.Closed, "over"));
        session.Turns.Select(turn => (turn.Id, turn.State)).ShouldBe([("b", MessageState.Dropped), ("a", MessageState.Interrupted)]);
        world.Post("c").Refusal!.Code.ShouldBe(SessionCodes.Closed);
        world.Pass(TimeSpan.FromDays(9).TotalSeconds);
        world.See().ShouldBeNull();
    }

    [Fact]
    public void one_that_is_forgotten_stops_what_it_did()
    {
        using var world = new SessionWorld { Takes = TimeSpan.FromSeconds(30) };
        world.Open();
        world.Post("a");
        world.Pass(1);
        world.Do(() => world.Grains.Session(new SessionId("s1")).ForgetAsync()).ShouldBeTrue();
        world.Do(() => world.Grains.Session(new SessionId("s1")).ForgetAsync()).ShouldBeFalse();
        world.Pass(120);
        world.See().ShouldBeNull();
        world.Journal.Rows().Single().Status.ShouldBe(WorkflowStatus.Cancelled);
    }

    [Fact]
    public void a_learners_sessions_have_names_of_their_own_and_one_is_the_present_one()
    {
        using var world = new SessionWorld();
        var learner = world.Grains.Learner("ana");
        var first = world.Do(() => learner.BeginAsync("k", "f"));
        first.Id.Value.ShouldBe($"session_ana_{world.Clock.GetUtcNow().ToUnixTimeMilliseconds()}");
        var second = world.Do(() => learner.BeginAsync(null, "f"));
        second.EpochMs.ShouldBeGreaterThan(first.EpochMs);

        world.CrashAndRestart();
        learner = world.Grains.Learner("ana");
        world.Do(() => learner.BeginAsync("k", "f")).ShouldBe(first with { Replayed = true });
        world.Do(() => learner.BeginAsync("k", "other")).Mismatch.ShouldBeTrue();
        world.Do(() => learner.CurrentAsync()).Id.ShouldBe(second.Id);
        var third = world.Do(() => learner.CurrentAsync(instead: second.Id));
        third.Id.ShouldNotBe(second.Id);
        world.Do(() => learner.CurrentAsync(instead: second.Id)).ShouldBe(third, "the same again changes nothing");
        world.Do(() => learner.ListAsync()).Select(session => session.Id).ShouldBe([first.Id, second.Id, third.Id]);
    }
}
