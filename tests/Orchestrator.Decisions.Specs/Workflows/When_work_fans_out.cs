using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_work_fans_out
{
    private static Step Each(int? concurrency = null) =>
        Call("grade") with { ForEach = new ForEach(Json("\"${{ input.papers }}\""), concurrency), Input = Json("""{"paper":"${{ item }}","place":"${{ index }}"}""") };

    [Fact]
    public void each_item_is_a_step_of_its_own_and_the_outputs_come_together_in_order()
    {
        var story = Of(new Plan("p", [Each()]), """{"papers":["x","y"]}""").AndAsksFor("start grade[0]#1", "start grade[1]#1");
        story.InputAskedFor("grade[1]").ShouldBe(Json("""{"paper":"y","place":1}"""));
        story.Completes("grade[1]", "2").Completes("grade[0]", "1").AndIs(WorkflowStatus.Completed).AndReplaysTheSame();
        story.State.Output.ShouldBe(Json("[1,2]"));
    }

    [Fact]
    public void no_more_items_are_under_way_than_the_concurrency_allows() =>
        Of(new Plan("p", [Each(2)]), """{"papers":[1,2,3,4]}""").AndAsksFor("start grade[0]#1", "start grade[1]#1")
            .Completes("grade[0]").AndAsksFor("start grade[2]#1").AndTheSameAgainChangesNothing()
            .Completes("grade[2]").AndAsksFor("start grade[3]#1")
            .Completes("grade[1]").AndAsksFor()
            .Completes("grade[3]").AndIs(WorkflowStatus.Completed);

    [Fact]
    public void no_items_are_an_empty_result() =>
        Of(new Plan("p", [Each()]), """{"papers":[]}""").AndIs(WorkflowStatus.Completed).State.Output.ShouldBe(Json("[]"));

    [Fact]
    public void something_that_is_no_array_fails_the_step() =>
        Of(new Plan("p", [Each()]), """{"papers":"x"}""").AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.BadItems);

    [Fact]
    public void one_items_failure_ends_the_others() =>
        Of(new Plan("p", [Each(2)]), """{"papers":[1,2,3]}""").Fails("grade[0]").AndAsksFor("cancel grade[1]#1").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();

    [Fact]
    public void unless_the_step_may_go_on_without_it() =>
        Of(new Plan("p", [Each(1) with { OnFailure = OnFailure.Continue }]), """{"papers":[1,2]}""")
            .Fails("grade[0]").AndAsksFor("start grade[1]#1")
            .Completes("grade[1]", "2").AndIs(WorkflowStatus.Completed).AndReplaysTheSame()
            .State.Output.ShouldBe(Json("[null,2]"));

    [Fact]
    public void a_failed_fan_out_that_is_gone_on_after_leaves_no_item_open()
    {
        var story = Of(new Plan("p", [Each(1), Call("after", "grade")]), """{"papers":[1,2,3]}""").Fails("grade[0]");
        story.State.Steps.Values.ShouldAllBe(step => step.IsFinal);
        story.State.StepsFinal.ShouldBe(story.State.StepsKnown);
    }

    [Fact]
    public void each_item_may_be_a_plan() =>
        Of(new Step(
                "unit",
                ForEach: new ForEach(Json("[1,2]")),
                Input: Json("""{"n":"${{ item }}"}"""),
                SubPlan: new Plan("inner", [Call("x") with { Input = Json("\"${{ input.n }}\"") }])))
            .AndAsksFor("start unit[0]/x#1", "start unit[1]/x#1")
            .Completes("unit[0]/x", "10").Completes("unit[1]/x", "20").AndIs(WorkflowStatus.Completed).AndReplaysTheSame()
            .State.Output.ShouldBe(Json("[10,20]"));

    [Fact]
    public void more_items_than_the_limit_are_refused_with_both_numbers()
    {
        var story = Of(new Plan("p", [Each()]), """{"papers":[1,2,3]}""", WorkflowPolicy.Default with { ItemsMax = 2 });
        story.State.Failure!.Message.ShouldBe("Step 'grade' expected an array of at most 2 items to go over and found 3 items.");
    }

    [Fact]
    public void what_a_cancel_takes_back_is_counted_once()
    {
        var story = Of(new Plan("p", [Each(1)]), """{"papers":[1,2,3]}""")
            .When((state, context) => WorkflowDecisions.Cancel(state, "ana", null, context)).AndIs(WorkflowStatus.Cancelled).AndReplaysTheSame();
        story.State.StepsFinal.ShouldBe(story.State.StepsKnown);
    }
}
