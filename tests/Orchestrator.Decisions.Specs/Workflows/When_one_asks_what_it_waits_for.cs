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

    [Fact]
    public void the_end_is_told_with_its_reason() =>
        SentenceOf(Of(Call("a")).Fails("a")).ShouldBe("It failed: It broke.");

    private static string SentenceOf(Story story) => Explanations.Of(story.State, story.Now)!.Sentence;
}
