using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_a_workflow_goes_on_in_another
{
    private static readonly Plan Chain = new("p", [Call("a"), Call("b", "a"), Call("c", "b")]);

    [Fact]
    public void a_retry_calls_only_what_had_not_completed()
    {
        var failed = Of(Chain).Completes("a", "1").Fails("b");
        var (request, _) = Successors.Retry(failed.State);
        var retried = Of(request!).AndAsksFor("start b#1");
        retried.State.Steps[new("a")].Reused.ShouldBeTrue();
        retried.Completes("b", "2").Completes("c", "3").AndIs(WorkflowStatus.Completed).AndReplaysTheSame();
    }

    [Fact]
    public void items_that_had_completed_are_taken_over_one_by_one()
    {
        var plan = new Plan("p", [Call("a") with { ForEach = new ForEach(Json("[1,2,3]")) }]);
        var failed = Of(plan).Completes("a[0]", "10").Completes("a[2]", "30").Fails("a[1]");
        var (request, _) = Successors.Retry(failed.State);
        Of(request!).AndAsksFor("start a[1]#1").Completes("a[1]", "20").State.Output.ShouldBe(Json("[10,20,30]"));
    }

    [Fact]
    public void a_fork_does_the_step_again_and_everything_behind_it()
    {
        var done = Of(Chain).Completes("a", "1").Completes("b", "2").Completes("c", "3");
        var (request, _) = Successors.Fork(done.State, "b", input: null, stepInput: Json("""{"edited":true}"""));
        var fork = Of(request!).AndAsksFor("start b#1");
        fork.InputAskedFor("b").ShouldBe(Json("""{"edited":true}"""));
        fork.Completes("b").AndAsksFor("start c#1");
    }

    [Fact]
    public void a_rerun_takes_nothing_over()
    {
        var done = Of(Chain).Completes("a", "1").Completes("b", "2").Completes("c", "3");
        Of(Successors.Rerun(done.State, input: null).Request!).AndAsksFor("start a#1");
    }

    [Fact]
    public void what_completed_is_not_retried() =>
        Successors.Retry(Of(Call("a")).Completes("a").State).Refusal!.Code.ShouldBe(RefusalCodes.NotFailed);

    [Fact]
    public void an_unknown_step_cannot_be_forked_from() =>
        Successors.Fork(Of(Chain).State, "x", null, null).Refusal!.Code.ShouldBe(RefusalCodes.StepUnknown);
}
