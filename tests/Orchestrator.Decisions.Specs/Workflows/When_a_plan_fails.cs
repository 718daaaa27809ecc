using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_a_plan_fails
{
    private static readonly Plan Fallback = new("plan_b", [Call("predict")], Timeout: TimeSpan.FromSeconds(10));
    private static readonly Plan Main = new("plan_a", [Call("predict")], Timeout: TimeSpan.FromSeconds(5), FallbackPlan: Fallback);

    [Fact]
    public void its_fallback_takes_over() =>
        Of(Main).Fails("predict").Then(
            new AttemptFailed(new("predict"), 1, Broken()),
            new StepFailed(new("predict"), Broken()),
            new ScopeSettled(StepPath.Root, StepStatus.Failed, Failure: Broken()),
            new ScopeStarted(new("~fallback"), Json("{}")),
            new StepStarted(new("~fallback/predict"), 1, 1));

    [Fact]
    public void what_the_fallback_gives_is_the_workflows_output() =>
        Of(Main).Fails("predict").Completes("~fallback/predict", "3").AndIs(WorkflowStatus.Completed).AndReplaysTheSame()
            .State.Output.ShouldBe(Json("3"));

    [Fact]
    public void a_timeout_starts_the_fallback_too_under_a_timeout_of_its_own() =>
        Of(Main)
            .After(TimeSpan.FromSeconds(5)).AndAsksFor("cancel predict#1", "start ~fallback/predict#1")
            .After(TimeSpan.FromSeconds(9)).ThenNothing()
            .After(TimeSpan.FromSeconds(1)).AndIs(WorkflowStatus.TimedOut).AndReplaysTheSame()
            .State.Failure!.Message.ShouldContain("timed out");

    [Fact]
    public void a_plan_without_a_fallback_times_out_and_says_so()
    {
        var story = Of(new Plan("p", [Call("a")], Timeout: TimeSpan.FromSeconds(30)));
        story.After(TimeSpan.FromSeconds(30)).AndIs(WorkflowStatus.TimedOut);
        story.State.Failure!.Message.ShouldBe("Plan 'p' timed out after 30 s.");
    }

    [Fact]
    public void fallbacks_may_have_fallbacks() =>
        Of(Main with { FallbackPlan = Fallback with { FallbackPlan = new Plan("plan_c", [Call("guess")]) } })
            .Fails("predict").Fails("~fallback/predict").AndAsksFor("start ~fallback/~fallback/guess#1")
            .Completes("~fallback/~fallback/guess", "1").AndIs(WorkflowStatus.Completed).AndReplaysTheSame();

    [Fact]
    public void the_fallback_can_see_what_went_wrong() =>
        Of(new Plan("p", [Call("a")], FallbackPlan: new Plan("q", [Call("b") with { Input = Json("\"${{ failure.code }}\"") }])))
            .Fails("a", Broken("agent.down")).InputAskedFor("~fallback/b").ShouldBe(Json("\"agent.down\""));

    [Fact]
    public void a_sub_plans_failure_is_its_steps_and_the_steps_policy_decides() =>
        Of(new Step("unit", SubPlan: new Plan("inner", [Call("x")]), OnFailure: OnFailure.Continue), Call("after", "unit"))
            .Fails("unit/x").AndAsksFor("start after#1").AndReplaysTheSame();

    [Fact]
    public void completed_steps_are_undone_the_latest_first_and_then_the_workflow_has_failed()
    {
        var undo = new Compensation("agent", "undo", Json("\"${{ output }}\""));
        var story = Of(
            Call("book") with { Compensate = undo },
            Call("pay", "book") with { Compensate = undo },
            Call("send", "pay") with { OnFailure = OnFailure.Compensate })
            .Completes("book", "\"b1\"").Completes("pay", "\"p1\"");

        story.Fails("send").AndIs(WorkflowStatus.Compensating).AndAsksFor("start pay/~undo#1");
        story.InputAskedFor("pay/~undo").ShouldBe(Json("\"p1\""));
        story.Completes("pay/~undo").AndAsksFor("start book/~undo#1").AndTheSameAgainChangesNothing()
            .Completes("book/~undo").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();
        story.State.Steps[new("book")].Status.ShouldBe(StepStatus.Compensated);
        story.State.Failure!.Code.ShouldBe("agent.error");
    }

    [Fact]
    public void an_undoing_that_fails_for_good_does_not_keep_the_others_from_theirs() =>
        Of(
            Call("a") with { Compensate = new Compensation("agent", "undo") },
            Call("b", "a") with { Compensate = new Compensation("agent", "undo") },
            Call("c", "b") with { OnFailure = OnFailure.Compensate })
            .Completes("a").Completes("b").Fails("c")
            .Fails("b/~undo").AndAsksFor("start a/~undo#1")
            .Completes("a/~undo").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();

    [Fact]
    public void what_completed_inside_a_sub_plan_is_undone_too_and_the_undoing_goes_on_from_there()
    {
        var undo = new Compensation("agent", "undo");
        Of(
            Call("a") with { Compensate = undo },
            new Step("unit", SubPlan: new Plan("inner", [Call("x") with { Compensate = undo }]), Dependencies: ["a"]),
            Call("c", "unit") with { OnFailure = OnFailure.Compensate })
            .Completes("a").Completes("unit/x").Fails("c").AndAsksFor("start unit/x/~undo#1")
            .Completes("unit/x/~undo").AndAsksFor("start a/~undo#1")
            .Completes("a/~undo").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();
    }

    [Fact]
    public void a_plan_inside_one_that_undoes_has_no_deadline_any_more() =>
        Of(
            Call("a") with { Compensate = new Compensation("agent", "undo") },
            new Step("unit", SubPlan: new Plan("inner", [Call("x")], Timeout: TimeSpan.FromSeconds(5))),
            Call("c") with { OnFailure = OnFailure.Compensate })
            .Completes("a").Fails("c").AndAsksFor("cancel unit/x#1", "start a/~undo#1")
            .After(TimeSpan.FromSeconds(6)).ThenNothing()
            .Completes("a/~undo").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();

    [Fact]
    public void a_plan_around_one_that_undoes_takes_the_undoing_over()
    {
        var undo = new Compensation("agent", "undo");
        Of(
            new Step("unit", SubPlan: new Plan("inner", [Call("x") with { Compensate = undo }, Call("y", "x") with { OnFailure = OnFailure.Compensate }])),
            Call("c") with { OnFailure = OnFailure.Compensate })
            .Completes("unit/x").Fails("unit/y").AndAsksFor("start unit/x/~undo#1")
            .Fails("c").AndAsksFor().AndIs(WorkflowStatus.Compensating)
            .Completes("unit/x/~undo").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();
    }
}
