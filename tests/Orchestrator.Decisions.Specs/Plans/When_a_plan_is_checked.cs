using System.Collections.Immutable;
using Orchestrator.Decisions.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.Plans;

public sealed class When_a_plan_is_checked
{
    private static readonly RetryPolicy Thrice = RetryPolicy.FromRetries(2, TimeSpan.FromSeconds(1));

    [Fact]
    public void a_good_one_has_no_problems() =>
        Problems(new Plan(
            "good",
            [
                Call("a") with { Retry = Thrice, Timeout = TimeSpan.FromSeconds(1), Priority = 5, Input = Payload.From("${{ input.text }}") },
                Call("b", "a") with { When = "steps.a.output.ok", ForEach = new ForEach(Payload.From("${{ steps.a.output.items }}"), 3), Input = Payload.From("${{ item }} ${{ index }}") },
                Call("c.1", "b") with { Input = Payload.From(new { all = "${{ steps.a.status }}", self = "$${{ steps.zz }}" }), Compensate = new Compensation(null, "undo", Payload.From("${{ output.id }} ${{ steps['c.1'].output }}")) },
                new Step("d", Sleep: TimeSpan.FromSeconds(1), Dependencies: ["c.1"]),
                new Step("e", Approval: new ApprovalRequest("Publish ${{ steps.a.output.title }}?", Expires: TimeSpan.FromDays(1)), Dependencies: ["a"]),
                new Step("f", Signal: "paid", Timeout: TimeSpan.FromDays(1)),
                new Step("g", SubPlan: new Plan("inner", [Call("a")]), OnFailure: OnFailure.Fallback, Fallback: new StepFallback(Plan: new Plan("instead", [Call("x") with { Input = Payload.From("${{ failure.code }}") }]))),
            ],
            FallbackPlan: new Plan("simple", [Call("a") with { Input = Payload.From("${{ failure.message }}") }]),
            Inputs: [new PlanInput("text", Required: true)],
            Output: Payload.From("${{ steps.g.output }}"))).ShouldBeEmpty();

    [Fact]
    public void a_cycle_is_named() =>
        Problems(Of(Call("a", "c"), Call("b", "a"), Call("c", "b"), Call("d", "c"), Call("x", "y"), Call("y", "x"), Call("z"))).ShouldBe(
        [
            new PlanProblem("plan.cycle", "/steps/0/dependencies/0", "Each of these steps waits for the next, so none can start: 'a' → 'c' → 'b' → 'a'."),
            new PlanProblem("plan.cycle", "/steps/4/dependencies/0", "Each of these steps waits for the next, so none can start: 'x' → 'y' → 'x'."),
        ]);

    [Fact]
    public void an_unknown_dependency_has_a_guess() =>
        Problems(Of(Call("ingest"), Call("quiz", "ignest"), Call("map", "nowhere"))).ShouldBe(
        [
            new PlanProblem("plan.unknown_dependency", "/steps/1/dependencies/0", "Step 'quiz' depends on 'ignest', which is no step of the plan; did you mean 'ingest'?", "ingest"),
            new PlanProblem("plan.unknown_dependency", "/steps/2/dependencies/0", "Step 'map' depends on 'nowhere', which is no step of the plan"),
        ]);

    [Fact]
    public void a_reference_must_be_to_a_step_that_is_done()
    {
        var problems = Problems(Of(
            Call("a") with { Input = Payload.From(new { x = "${{ steps.b.output }}", y = new[] { "${{ steps.aa.output }}", "${{ steps.a.output }}" } }) },
            Call("b", "a") with { When = "steps.c.output" },
            Call("c") with { ForEach = new ForEach(Payload.From("${{ item }}")) },
            Call("d") with { Input = Payload.From("${{ output }} ${{ failure.code }} ${{ index }} ${{ stps.a }}") }));
        problems.ShouldAllBe(p => p.Code == "plan.bad_reference");
        problems.Select(p => (p.Pointer, p.Message, p.Suggestion)).ShouldBe(
        [
            ("/steps/0/input/x", "Character 5: step 'b' may not be done by then; add it to the dependencies.", null),
            ("/steps/0/input/y/0", "Character 5: there is no step 'aa' in this plan; did you mean 'a'?", "a"),
            ("/steps/0/input/y/1", "Character 5: step 'a' refers to itself.", null),
            ("/steps/1/when", "Character 1: step 'c' may not be done by then; add it to the dependencies.", null),
            ("/steps/2/forEach/items", "Character 5: 'item' and 'index' are known only in the input, the prompt and the compensation of a step with forEach.", null),
            ("/steps/3/input", "Character 52: 'stps' is unknown here; a reference begins with steps, input, item, index, output, failure. Did you mean 'steps'?", "steps"),
            ("/steps/3/input", "Character 5: 'output' is known only in the input of a compensation; another step's output is steps.<id>.output.", null),
            ("/steps/3/input", "Character 19: 'failure' is known only in a fallback plan.", null),
            ("/steps/3/input", "Character 39: 'item' and 'index' are known only in the input, the prompt and the compensation of a step with forEach.", null),
        ]);
    }

    [Fact]
    public void in_a_sequential_plan_the_order_of_the_list_rules()
    {
        var good = new Plan("p", [Call("a"), Call("b") with { Input = Payload.From("${{ steps.a.output }}") }, Call("c", "a")], PlanMode.Sequential);
        Problems(good).ShouldBeEmpty();
        var bad = good with { Steps = [Call("a", "b"), Call("b", "b"), Call("c") with { When = "steps.c.output" }] };
        Problems(bad).Select(p => (p.Code, p.Pointer)).ShouldBe(
            [("plan.later_dependency", "/steps/0/dependencies/0"), ("plan.self_dependency", "/steps/1/dependencies/0"), ("plan.bad_reference", "/steps/2/when")]);
    }

    [Fact]
    public void declared_inputs_are_the_only_ones()
    {
        var plan = Of(Call("a") with { Input = Payload.From("${{ input.txet }}") });
        Problems(plan).ShouldBeEmpty();
        Problems(plan with { Inputs = [new PlanInput("text")] }).ShouldHaveSingleItem().Suggestion.ShouldBe("text");
    }

    public static TheoryData<string, string, Step> OneBadStep() => new()
    {
        { "plan.bad_id", "/id", Call("a/b") },
        { "plan.bad_id", "/id", Call("") },
        { "plan.bad_id", "/id", Call("..") },
        { "plan.bad_id", "/id", Call(new string('a', 129)) },
        { "plan.bad_id", "/agentId", Call("a") with { AgentId = "an agent" } },
        { "plan.bad_id", "/signal", new Step("a", Signal: "a b") },
        { "plan.no_work", "", new Step("a") },
        { "plan.no_work", "", new Step("a", AgentId: "x") },
        { "plan.ambiguous_work", "", Call("a") with { Sleep = TimeSpan.FromSeconds(1) } },
        { "plan.ambiguous_work", "", new Step("a", Signal: "s", SubPlan: new Plan("p", [Call("a")])) },
        { "plan.bad_priority", "/priority", Call("a") with { Priority = 0 } },
        { "plan.bad_priority", "/priority", Call("a") with { Priority = 6 } },
        { "plan.bad_timeout", "/timeout", Call("a") with { Timeout = TimeSpan.Zero } },
        { "plan.bad_timeout", "/timeout", Call("a") with { Timeout = TimeSpan.FromDays(4_000) } },
        { "plan.bad_timeout", "/timeout", new Step("a", Sleep: TimeSpan.FromSeconds(1), Timeout: TimeSpan.FromSeconds(2)) },
        { "plan.bad_timeout", "/sleep", new Step("a", Sleep: TimeSpan.FromSeconds(-1)) },
        { "plan.bad_timeout", "/approval/expires", new Step("a", Approval: new ApprovalRequest("?", Expires: TimeSpan.Zero)) },
        { "plan.missing_field", "/approval/prompt", new Step("a", Approval: new ApprovalRequest(" ")) },
        { "plan.bad_approval", "/approval/quorum", new Step("a", Approval: new ApprovalRequest("?", Quorum: 0)) },
        { "plan.bad_approval", "/approval/quorum", new Step("a", Approval: new ApprovalRequest("?", ["ana", "ben"], Quorum: 3)) },
        { "plan.bad_approval", "/approval/rejections", new Step("a", Approval: new ApprovalRequest("?", Rejections: 101)) },
        { "plan.bad_approval", "/approval/approvers/1", new Step("a", Approval: new ApprovalRequest("?", ["ana", "ana"])) },
        { "plan.bad_approval", "/approval/onExpiry", new Step("a", Approval: new ApprovalRequest("?", OnExpiry: OnExpiry.Approve)) },
        { "plan.bad_approval", "/approval/escalate", new Step("a", Approval: new ApprovalRequest("?", ["ana"], TimeSpan.FromHours(1), OnExpiry: OnExpiry.Escalate)) },
        { "plan.bad_approval", "/approval/escalate", new Step("a", Approval: new ApprovalRequest("?", ["ana"], Escalate: new Escalation(["ben"]))) },
        { "plan.bad_approval", "/approval/escalate", new Step("a", Approval: new ApprovalRequest("?", Escalate: new Escalation(["ben"], TimeSpan.FromHours(1)))) },
        { "plan.bad_approval", "/approval/escalate/after", new Step("a", Approval: new ApprovalRequest("?", ["ana"], TimeSpan.FromHours(1), Escalate: new Escalation(["ben"], TimeSpan.FromHours(1)))) },
        { "plan.bad_retry", "/retryPolicy/maxAttempts", Call("a") with { Retry = new RetryPolicy(0) } },
        { "plan.bad_retry", "/retryPolicy/maxAttempts", Call("a") with { Retry = new RetryPolicy(1_001) } },
        { "plan.bad_retry", "/retryPolicy/initialInterval", Call("a") with { Retry = Thrice with { InitialInterval = TimeSpan.FromSeconds(-1) } } },
        { "plan.bad_retry", "/retryPolicy/maxInterval", Call("a") with { Retry = Thrice with { MaxInterval = TimeSpan.FromMilliseconds(1) } } },
        { "plan.bad_retry", "/retryPolicy/coefficient", Call("a") with { Retry = Thrice with { Coefficient = double.NaN } } },
        { "plan.bad_retry", "/retryPolicy/jitter", Call("a") with { Retry = Thrice with { Jitter = 1.1 } } },
        { "plan.bad_retry", "/retryPolicy", new Step("a", Sleep: TimeSpan.FromSeconds(1), Retry: Thrice) },
        { "plan.bad_retry", "/retryPolicy", new Step("a", SubPlan: new Plan("p", [Call("a")]), Retry: Thrice) },
        { "plan.bad_for_each", "/forEach/concurrency", Call("a") with { ForEach = new ForEach(Payload.From("[]"), 0) } },
        { "plan.bad_on_failure", "/onFailure", Call("a") with { OnFailure = OnFailure.Fallback } },
        { "plan.bad_on_failure", "/fallback", Call("a") with { Fallback = new StepFallback("b") } },
        { "plan.bad_on_failure", "/fallback", Call("a") with { OnFailure = OnFailure.Fallback, Fallback = new StepFallback() } },
        { "plan.bad_on_failure", "/fallback", Call("a") with { OnFailure = OnFailure.Fallback, Fallback = new StepFallback("b", Plan: new Plan("p", [Call("a")])) } },
        { "plan.bad_on_failure", "/fallback", new Step("a", Signal: "s", OnFailure: OnFailure.Fallback, Fallback: new StepFallback("b")) },
        { "plan.bad_compensation", "/compensate", new Step("a", Signal: "s", Compensate: new Compensation(null, "undo")) },
        { "plan.bad_compensation", "/compensate/action", Call("a") with { Compensate = new Compensation("b", "") } },
        { "plan.bad_retry", "/compensate/retryPolicy/maxAttempts", Call("a") with { Compensate = new Compensation("b", "undo", Retry: new RetryPolicy(-1)) } },
        { "plan.duplicate_dependency", "/dependencies/1", Call("a", "z", "z") },
        { "plan.self_dependency", "/dependencies/0", Call("a", "a") },
        { "plan.duplicate_step", "/id", Call("z") },
        { "plan.empty", "/subPlan/steps", new Step("a", SubPlan: new Plan("p", default)) },
        { "plan.bad_id", "/fallback/plan/id", Call("a") with { OnFailure = OnFailure.Fallback, Fallback = new StepFallback(Plan: new Plan("p/q", [Call("a")])) } },
    };

    [Theory]
    [MemberData(nameof(OneBadStep))]
    public void each_rule_has_its_code_and_its_place(string code, string pointer, Step step)
    {
        var problem = Problems(Of(Call("z"), step)).ShouldHaveSingleItem();
        problem.Code.ShouldBe(code);
        problem.Pointer.ShouldBe("/steps/1" + pointer);
        problem.Message.Length.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void the_plan_itself_has_rules_too()
    {
        Problems(new Plan("a b", [])).Select(p => (p.Code, p.Pointer)).ShouldBe([("plan.bad_id", "/id"), ("plan.empty", "/steps")]);
        Problems(Of(Call("a")) with { Timeout = TimeSpan.Zero }).ShouldHaveSingleItem().Code.ShouldBe("plan.bad_timeout");
        Problems(Of(Call("a")) with { FallbackPlan = new Plan("f", []) }).ShouldHaveSingleItem().Pointer.ShouldBe("/fallbackPlan/steps");
        Problems(Of(Call("a")) with { Output = Payload.From("${{ steps.b.output }}") }).ShouldHaveSingleItem().Pointer.ShouldBe("/output");
        Problems(Of(Call("a")) with { Inputs = [new PlanInput("x"), new PlanInput("x"), new PlanInput("a b"), new PlanInput("y", null, true, Payload.From(1))] })
            .Select(p => (p.Code, p.Pointer)).ShouldBe([("plan.bad_input", "/inputs/1/name"), ("plan.bad_id", "/inputs/2/name"), ("plan.bad_input", "/inputs/3/required")]);
    }

    [Fact]
    public void nesting_has_a_limit()
    {
        var plan = Of(Call("a"));
        for (var i = 1; i < PlanLimits.NestingMax; i++)
        {
            plan = Of(new Step("s", SubPlan: plan));
        }

        Problems(plan).ShouldBeEmpty();
        Problems(plan with { FallbackPlan = plan }).ShouldHaveSingleItem().Code.ShouldBe("plan.too_deep");
    }

    [Fact]
    public void a_flood_of_problems_is_cut_short()
    {
        var problems = Problems(Of([.. Enumerable.Range(0, 10_000).Select(i => Call("s" + i, "x" + i))]));
        problems.Length.ShouldBe(PlanLimits.ProblemsMax + 1);
        problems[^1].ShouldBe(new PlanProblem("plan.too_many_problems", "", "There are 9900 more problems than the 100 listed."));
    }

    [Fact]
    public void ten_thousand_steps_are_the_most()
    {
        Problems(Of([.. Enumerable.Range(0, 10_000).Select(i => Call("s" + i))])).ShouldBeEmpty();
        Problems(Of([.. Enumerable.Range(0, 10_001).Select(i => Call("s" + i))])).ShouldHaveSingleItem().Code.ShouldBe("plan.too_many_steps");
        Problems(Of([.. Enumerable.Range(0, 9_999).Select(i => Call("s" + i)), new Step("in", SubPlan: Of(Call("a")))])).ShouldHaveSingleItem().Pointer.ShouldBe("/steps/9999/subPlan/steps");
    }

    [Fact]
    public void a_long_chain_with_far_references_costs_no_stack()
    {
        var chain = Enumerable.Range(0, 10_000).Select(i => Call("s" + i, i == 0 ? [] : ["s" + (i - 1)]) with { Input = Payload.From("${{ steps.s" + (i == 0 ? 9_999 : 0) + ".output }}") });
        Problems(Of([.. chain])).ShouldHaveSingleItem().Pointer.ShouldBe("/steps/0/input");
        var ring = Enumerable.Range(0, 10_000).Select(i => Call("s" + i, "s" + ((i + 9_999) % 10_000)));
        Problems(Of([.. ring])).ShouldHaveSingleItem().Message.ShouldContain("9980 more");
    }

    private static ImmutableArray<PlanProblem> Problems(Plan plan) => PlanRules.Check(plan);

    private static Plan Of(params ImmutableArray<Step> steps) => new("p", steps);

    private static Step Call(string id, params ImmutableArray<string> dependencies) => new(id, Action: "do", Dependencies: dependencies);
}
