using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_one_asks_what_it_waits_for
{
    [Fact]
    public void a_missing_dependency_is_named() =>
        SentenceOf(Of(Call("a"), Call("b"), Call("c", "a", "b")).Completes("a")).ShouldBe("Step 'c' waits for 'b': 1 of 2 inputs ready.");

    [Fact]
    public void a_rest_says_how_long_and_why() =>
        SentenceOf(Of(Call("a") with { Retry = Linear(3, 2000) }).Fails("a"))
            .ShouldBe("Step 'a' rests until 2026-01-01T12:00:02Z (2 s from now) before attempt 2 of 4; attempt 1 failed: It broke.");

    [Fact]
    public void an_approval_stands_before_everything_else()
    {
        var story = Of(new Step("nap", Sleep: TimeSpan.FromHours(1)), new Step("ask", Approval: new ApprovalRequest("Publish?")));
        SentenceOf(story).ShouldStartWith("Step 'ask' needs a person's approval: Publish?");
        Explanations.Of(story.State, story.Now)!.Actions.ShouldBe(["approve", "reject", "pause", "cancel", "fork"]);
    }

    [Fact]
    public void a_place_in_a_queue_is_told() =>
        SentenceOf(Of(Call("a")).When((state, context) => WorkflowDecisions.HoldAttempt(state, new("a"), 0, 1, new Wait(WaitKind.Capacity, "agent", Noon, 3), context)))
            .ShouldBe("Step 'a' stands at place 3 in the queue of agent 'agent', which has no room.");

    [Theory]
    [InlineData(WaitKind.Limit, "openai/tenant-7", 12, "Step 'a' stands at place 12 in the queue of limit 'openai' with the key 'tenant-7' until 2026-01-01T12:01:30Z (90 s from now).")]
    [InlineData(WaitKind.Limit, "agent", null, "Step 'a' waits for the rate limit of 'agent' until 2026-01-01T12:01:30Z (90 s from now).")]
    [InlineData(WaitKind.Breaker, "agent", null, "Step 'a' waits for the breaker of 'agent' until 2026-01-01T12:01:30Z (90 s from now).")]
    [InlineData(WaitKind.Budget, "daily", null, "Step 'a' waits for the budget 'daily' until 2026-01-01T12:01:30Z (90 s from now).")]
    public void what_holds_a_call_up_is_named_with_the_time_it_ends(WaitKind kind, string on, int? position, string sentence)
    {
        var wait = new Wait(kind, on, Noon, position, Noon.AddSeconds(90));
        var story = Of(Call("a")).When((state, context) => WorkflowDecisions.HoldAttempt(state, new("a"), 0, 1, wait, context));
        SentenceOf(story).ShouldBe(sentence);
        Explanations.Of(story.State, story.Now)!.Waits.ShouldHaveSingleItem().Wait.ShouldBe(wait);
    }

    [Fact]
    public void a_sleep_a_message_and_a_pause_are_told()
    {
        SentenceOf(Of(new Step("nap", Sleep: TimeSpan.FromDays(3)))).ShouldBe("Step 'nap' sleeps until 2026-01-04T12:00:00Z (3 days from now).");
        SentenceOf(Of(new Step("wait", Signal: "paid"))).ShouldBe("Step 'wait' waits for the signal 'paid'.");
        SentenceOf(Of(Call("a")).When((state, context) => WorkflowDecisions.Pause(state, "ana", null, context)))
            .ShouldBe("A person paused it; calls still out: 1. Nothing new starts until it is resumed.");
    }

    [Fact]
    public void the_end_is_told_with_its_reason() =>
        SentenceOf(Of(Call("a")).Fails("a")).ShouldBe("It failed: It broke.");

    private static string SentenceOf(Story story) => Explanations.Of(story.State, story.Now)!.Sentence;
}
