using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_attempts_cost_something
{
    private static readonly CallUsage Failed = new(2, 100, 0, 0.5m, "big");
    private static readonly CallUsage Done = new(1, 90, 40, 0.25m, "small");

    [Fact]
    public void the_step_remembers_what_all_of_them_took()
    {
        var a = new StepPath("a");
        var story = Of(Call("a") with { Retry = Linear(1, 1000) })
            .When((state, context) => WorkflowDecisions.FailAttempt(state, a, 0, 1, Broken(), context, Failed))
            .Then(new AttemptFailed(a, 1, Broken(), Failed), new RetryScheduled(a, 2, Noon.AddSeconds(1)))
            .After(TimeSpan.FromSeconds(1))
            .When((state, context) => WorkflowDecisions.CompleteAttempt(state, a, 0, 2, Json("1"), context, Done))
            .Then(new StepCompleted(a, 2, Json("1"), Done), new WorkflowCompleted(Json("1")))
            .AndReplaysTheSame();

        WorkflowViews.Of(story.State)!.Steps.Single().Usage.ShouldBe(new CallUsage(3, 190, 40, 0.75m, "small"));
    }

    [Fact]
    public void a_step_that_took_nothing_says_so() => WorkflowViews.Of(Of(Call("a")).Completes("a").State)!.Steps.Single().Usage.ShouldBeNull();
}
