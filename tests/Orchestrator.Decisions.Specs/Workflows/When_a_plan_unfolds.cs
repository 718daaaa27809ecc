using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_a_plan_unfolds
{
    [Fact]
    public void steps_without_dependencies_begin_with_the_acceptance_and_the_rest_waits()
    {
        var plan = new Plan("p", [Call("a"), Call("b"), Call("c", "a", "b")]);
        Of(plan)
            .Then(Request(plan), new StepStarted(new("a"), 1, 1), new StepStarted(new("b"), 1, 1))
            .AndAsksFor("start a#1", "start b#1")
            .AndIs(WorkflowStatus.Running);
    }

    [Fact]
    public void a_step_begins_when_its_last_dependency_is_done() =>
        Of(Call("a"), Call("b"), Call("c", "a", "b"))
            .Completes("a", "1").Then(new StepCompleted(new("a"), 1, Json("1"))).AndAsksFor()
            .Completes("b", "2").Then(new StepCompleted(new("b"), 1, Json("2")), new StepStarted(new("c"), 1, 1)).AndAsksFor("start c#1");

    [Fact]
    public void the_last_outcome_and_the_end_are_one_decision() =>
        Of(Call("a"))
            .Completes("a", "42").Then(new StepCompleted(new("a"), 1, Json("42")), new WorkflowCompleted(Json("42")))
            .AndIs(WorkflowStatus.Completed)
            .AndReplaysTheSame();

    [Fact]
    public void a_chain_of_ten_takes_eleven_decisions_that_are_remembered()
    {
        var story = Of(new Plan("p", [.. Enumerable.Range(0, 10).Select(i => Call($"s{i}"))], PlanMode.Sequential));
        var remembered = 1;
        for (var i = 0; i < 10; i++)
        {
            story.Completes($"s{i}", "1");
            remembered++;
        }

        remembered.ShouldBe(11);
        story.AndIs(WorkflowStatus.Completed);
        story.Journal.Count.ShouldBe(1 + (2 * 10) + 1);
    }

    [Fact]
    public void a_sequential_plan_follows_its_list() =>
        Of(new Plan("p", [Call("a"), Call("b"), Call("c")], PlanMode.Sequential))
            .AndAsksFor("start a#1")
            .Completes("a").AndAsksFor("start b#1")
            .Completes("b").AndAsksFor("start c#1");

    [Fact]
    public void inputs_refer_to_the_workflow_input_and_to_earlier_outputs()
    {
        var b = Call("b", "a") with { Input = Json("""{"said":"${{ steps.a.output.word }}","to":"${{ input.name }}"}""") };
        var story = Of(new Plan("p", [Call("a"), b]), """{"name":"Ana"}""").Completes("a", """{"word":"hello"}""");
        story.InputAskedFor("b").ShouldBe(Json("""{"said":"hello","to":"Ana"}"""));
    }

    [Fact]
    public void the_outputs_of_several_last_steps_are_the_plans_output_by_id() =>
        Of(Call("a"), Call("b")).Completes("a", "1").Completes("b", "2")
            .Then(new StepCompleted(new("b"), 1, Json("2")), new WorkflowCompleted(Json("""{"a":1,"b":2}""")));

    [Fact]
    public void a_plan_may_say_what_its_output_is() =>
        Of(new Plan("p", [Call("a")], Output: Json("""{"answer":"${{ steps.a.output }}"}"""))).Completes("a", "42")
            .Then(new StepCompleted(new("a"), 1, Json("42")), new WorkflowCompleted(Json("""{"answer":42}""")));

    [Fact]
    public void a_false_condition_skips_the_step_and_what_follows_runs() =>
        Of(new Plan("p", [Call("a") with { When = "input.go" }, Call("b", "a")]), """{"go":false}""")
            .AndAsksFor("start b#1")
            .State.Steps[new("a")].Status.ShouldBe(StepStatus.Skipped);

    [Fact]
    public void ten_thousand_skipped_steps_in_a_row_need_no_stack()
    {
        var steps = Enumerable.Range(0, 10_000).Select(i => Call($"s{i}") with { When = "false" });
        Of(new Plan("p", [.. steps], PlanMode.Sequential)).AndIs(WorkflowStatus.Completed);
    }

    [Fact]
    public void a_reference_that_cannot_be_filled_in_fails_the_step_and_says_which()
    {
        var story = Of(Call("a") with { Input = Json("\"${{ steps.nobody.output }}\"") });
        story.AndIs(WorkflowStatus.Failed);
        story.State.Failure!.Code.ShouldBe(FailureCodes.BadExpression);
        story.State.Failure.Message.ShouldContain("nobody");
    }

    [Fact]
    public void the_same_request_again_changes_nothing_and_another_one_is_refused()
    {
        var plan = new Plan("p", [Call("a")]);
        Of(plan)
            .When((state, context) => WorkflowDecisions.Accept(state, Request(plan), context)).ThenNothing()
            .When((state, context) => WorkflowDecisions.Accept(state, Request(plan) with { Fingerprint = "other" }, context)).ThenRefused(RefusalCodes.Exists);
    }

    [Fact]
    public void a_sub_plan_runs_inside_and_its_output_is_the_steps() =>
        Of(new Step("unit", SubPlan: new Plan("inner", [Call("x")]), Input: Json("""{"n":7}""")), Call("after", "unit"))
            .AndAsksFor("start unit/x#1")
            .Completes("unit/x", "9")
            .Then(
                new StepCompleted(new("unit/x"), 1, Json("9")),
                new ScopeSettled(new("unit"), StepStatus.Completed, Json("9")),
                new StepCompleted(new("unit"), 1, Json("9")),
                new StepStarted(new("after"), 1, 1))
            .AndReplaysTheSame();

    [Fact]
    public void a_history_that_reaches_its_limit_ends_the_workflow_and_says_so()
    {
        var story = Of(new Plan("p", [.. Enumerable.Range(0, 20).Select(i => Call($"s{i}"))]), policy: WorkflowPolicy.Default with { EventsMax = 10 });
        story.AndIs(WorkflowStatus.Failed);
        story.State.Failure!.Code.ShouldBe(FailureCodes.HistoryLimit);
    }
}
