using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Decisions.Specs.Sessions;

public sealed class When_messages_come
{
    private static readonly DateTimeOffset Noon = new(2025, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionPolicy Policy = SessionPolicy.Default with { WaitingMax = 2, TurnsMax = 3, SeenMax = 4, FactsMax = 2, KeptBytesMax = 40, StateBytesMax = 40 };
    private static readonly SessionId Id = new("s1");

    [Fact]
    public void the_first_is_answered_at_once_and_the_next_wait()
    {
        var session = Posted(Posted(Opened(), "a"), "b");
        session.Running!.Id.ShouldBe("a");
        session.Waiting.Select(message => (message.Id, message.Number)).ShouldBe([("b", 2)]);

        var next = Answered(session, """{"x":1}""");
        (next.Running!.Id, next.Waiting.Length).ShouldBe(("b", 0));
        next.Turns.Single().ShouldBe(new SessionTurn(1, "a", "tutor", "respond", Json("{}"), Json("""{"x":1}"""), MessageState.Answered, null, Noon, Noon));

        // Settled is settled: the number is the message's.
        SessionDecisions.Settle(next, 1, new MessageOutcome(MessageState.Failed, "late", []), Policy, Noon).ShouldBeSameAs(next);
    }

    [Fact]
    public void one_id_is_one_message()
    {
        var session = Posted(Opened(), "a");
        var again = SessionDecisions.Post(session, Message("a"), Policy, Noon);
        (again.Replayed, again.Number).ShouldBe((true, 1));
        again.Next.ShouldBeSameAs(session);
        SessionDecisions.Post(session, Message("a") with { Fingerprint = "other" }, Policy, Noon).Refusal!.Code.ShouldBe(SessionCodes.MessageExists);
    }

    [Fact]
    public void one_that_interrupts_stops_the_one_that_is_answered_and_overtakes_those_that_wait()
    {
        var session = Posted(Posted(Posted(Opened(), "a"), "b"), "c", OnBusy.Interrupt);
        session.Running.ShouldBe(session.Running! with { Id = "a", Interrupted = true });
        session.Waiting.Select(message => message.Id).ShouldBe(["c", "b"]);
    }

    [Fact]
    public void one_that_cannot_be_taken_is_refused_and_changes_nothing()
    {
        Refused(null, Message("a")).ShouldBe(SessionCodes.NotFound);
        Refused(Opened(), Message("a") with { Agent = "nobody" }).ShouldBe(SessionCodes.NoSuchAgent);
        Refused(Opened(), Message("a") with { Kind = SessionMessageKind.Prepare }).ShouldBe(SessionCodes.NoSuchAgent, "it takes a learning agent too");
        Refused(Opened(), Message("a") with { Data = Payload.From(new string('x', 70_000)) }).ShouldBe(SessionCodes.MessageTooLarge);
        Refused(Posted(Opened(), "a"), Message("b") with { OnBusy = OnBusy.Reject }).ShouldBe(SessionCodes.Busy);
        Refused(Posted(Posted(Posted(Opened(), "a"), "b"), "c"), Message("d")).ShouldBe(SessionCodes.Full);
        Refused(Posted(Posted(Posted(Opened(), "a"), "b"), "c"), Message("d") with { OnBusy = OnBusy.Interrupt }).ShouldBe(SessionCodes.Full);
        Refused(Closed(Opened()), Message("a")).ShouldBe(SessionCodes.Closed);
    }

    [Fact]
    public void what_agents_ask_to_remember_is_kept_within_bounds_and_not_shown_as_an_answer()
    {
        var session = Answered(Posted(Opened(), "a"), """{"hint":"x","remember":{"state":{"n":1},"facts":{"name":"Ana","age":9,"third":1}}}""");
        session.States["tutor"].ShouldBe(Json("""{"n":1}"""));
        session.Facts.Keys.ShouldBe(["age", "name"]);
        session.Turns[0].Reply.ShouldBe(Json("""{"hint":"x"}"""));
        session.Turns[0].Problem!.ShouldContain("A fact was not kept");

        var forgot = Answered(Posted(session, "b"), """{"remember":{"state":{"n":"LONG"},"facts":{"age":null}}}""".Replace("LONG", new string('x', 50), StringComparison.Ordinal));
        forgot.States["tutor"].ShouldBe(Json("""{"n":1}"""), "what is too large leaves what there was");
        forgot.Facts.Keys.ShouldBe(["name"]);
        forgot.Turns[1].Problem!.ShouldContain("at most 40");
    }

    [Fact]
    public void a_failure_teaches_nothing()
    {
        var outcome = new MessageOutcome(MessageState.Failed, "It broke.", [new AgentReply("tutor", Json("""{"remember":{"state":1}}"""))]);
        var session = SessionDecisions.Settle(Posted(Opened(), "a"), 1, outcome, Policy, Noon);
        session.States.ShouldBeEmpty();
        (session.Turns[0].State, session.Turns[0].Problem).ShouldBe((MessageState.Failed, "It broke."));
    }

    [Fact]
    public void older_turns_go_into_a_summary_and_large_ones_are_left_to_their_workflow()
    {
        var session = Opened();
        for (var n = 1; n <= 6; n++)
        {
            session = Answered(Posted(session, "m" + n, data: $$"""{"content":"{{n}}{{new string('x', n == 6 ? 50 : 0)}}"}"""), n == 5 ? $"\"{new string('y', 50)}\"" : "1");
        }

        session.Turns.Select(turn => (turn.Number, turn.Data is null, turn.Reply is null)).ShouldBe([(4, false, false), (5, false, true), (6, true, false)]);
        (session.Summary.Turns, session.Summary.Answered).ShouldBe((3, 3));
        session.Summary.Text.ShouldBe("#1 tutor respond: Answered {\"content\":\"1\"}\n#2 tutor respond: Answered {\"content\":\"2\"}\n#3 tutor respond: Answered {\"content\":\"3\"}\n");
        session.Seen.Select(seen => seen.Number).ShouldBe([3, 4, 5, 6]);
    }

    [Fact]
    public void a_summary_never_grows_beyond_its_bound()
    {
        var session = Opened();
        for (var n = 0; n < 200; n++)
        {
            session = Answered(Posted(session, "m" + n), "1");
        }

        session.Summary.Text.Length.ShouldBeLessThanOrEqualTo(SessionPolicy.SummaryLengthMax);
        session.Summary.Text.ShouldStartWith("#");
        session.Summary.Turns.ShouldBe(197);
    }

    [Fact]
    public void closing_stops_one_and_drops_the_others_once()
    {
        var closed = Closed(Posted(Posted(Opened(), "a"), "b"));
        closed.Running!.Interrupted.ShouldBeTrue();
        closed.Turns.Single().State.ShouldBe(MessageState.Dropped);
        Closed(closed).ShouldBeSameAs(closed);
        SessionDecisions.ForgetAt(closed, Policy).ShouldBeNull("one is still being stopped");
        var over = SessionDecisions.Settle(closed, 1, new MessageOutcome(MessageState.Interrupted, null, []), Policy, Noon);
        SessionDecisions.ForgetAt(over, Policy).ShouldBe(Noon.AddDays(7));
        SessionDecisions.ForgetAt(Opened(), Policy).ShouldBe(Noon.AddDays(30));
    }

    [Fact]
    public void opening_twice_is_opening_once()
    {
        var session = Opened();
        SessionDecisions.Open(session, Opening(), Noon).ShouldBe(new SessionDecision(session, Replayed: true));
        SessionDecisions.Open(session, Opening() with { Fingerprint = "other" }, Noon).Refusal!.Code.ShouldBe(SessionCodes.Exists);
    }

    /// <summary>What somebody said is data: it may look like an expression, and is none.</summary>
    [Fact]
    public void an_agent_is_told_what_was_said_and_what_is_known_and_nothing_is_read_as_an_expression()
    {
        var session = Answered(Posted(Opened(), "a"), """{"remember":{"state":{"n":1},"facts":{"name":"Ana"}}}""");
        session = Posted(session, "b", data: """{"content":"${{ input.secret }}","subject":"science","sessionId":"forged","state":"forged"}""");
        var plan = SessionPlans.Of(Id, session, session.Running!, Policy);
        plan.Steps.Single().AgentId.ShouldBe("tutor-agent-s1");
        plan.Steps.Single().Input.ShouldBe(Payload.From("${{ input }}"));

        var input = SessionPlans.InputOf(Id, session, session.Running!, Policy).As<JsonElement>();
        input.GetProperty("content").GetString().ShouldBe("${{ input.secret }}");
        (input.GetProperty("subject").GetString(), input.GetProperty("gradeLevel").GetInt32()).ShouldBe(("science", 7));
        (input.GetProperty("sessionId").GetString(), input.GetProperty("learnerId").GetString()).ShouldBe(("s1", "ana"));
        input.GetProperty("state").GetProperty("n").GetInt32().ShouldBe(1);
        input.GetProperty("memory").GetProperty("facts").GetProperty("name").GetString().ShouldBe("Ana");
        input.GetProperty("memory").GetProperty("turns").GetArrayLength().ShouldBe(1);
    }

    private static SessionOpening Opening() =>
        new("f", "ana", ImmutableSortedDictionary<string, string>.Empty.Add("tutor", "tutor-agent-s1"), OnBusy.Queue, Json("""{"subject":"mathematics","gradeLevel":7}"""));

    private static Session Opened() => SessionDecisions.Open(null, Opening(), Noon).Next!;

    private static IncomingMessage Message(string id, string data = "{}") => new(id, "f", SessionMessageKind.Ask, "tutor", "respond", Json(data), null);

    private static Session Posted(Session session, string id, OnBusy? onBusy = null, string data = "{}") =>
        SessionDecisions.Post(session, Message(id, data) with { OnBusy = onBusy }, Policy, Noon).Next.ShouldNotBeNull();

    private static Session Answered(Session session, string output) =>
        SessionDecisions.Settle(session, session.Running!.Number, new MessageOutcome(MessageState.Answered, null, [new AgentReply("tutor", Json(output))]), Policy, Noon);

    private static Session Closed(Session session) => SessionDecisions.Close(session, "over", Policy, Noon);

    private static string Refused(Session? session, IncomingMessage message)
    {
        var decision = SessionDecisions.Post(session, message, Policy, Noon);
        decision.Next.ShouldBeNull();
        return decision.Refusal!.Code;
    }

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}
