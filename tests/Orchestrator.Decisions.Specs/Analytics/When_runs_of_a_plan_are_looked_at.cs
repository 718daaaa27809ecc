using System.Collections.Immutable;
using Orchestrator.Decisions.Analytics;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Specs.Analytics;

public sealed class When_runs_of_a_plan_are_looked_at
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Plan Chain = new("chain", [Call("a"), Call("b", uses: "a"), Call("c", uses: "a"), Call("d", uses: "b")], PlanMode.Sequential);

    [Fact] // S3-45
    public void steps_that_use_nothing_of_each_other_are_named_with_what_it_would_save()
    {
        // One after the other: 1 + 2 + 1.2 + 0.5 s. Beside b, c costs nothing; d then ends at 3.5 s.
        var analysis = PlanAnalysis.Of(Chain, [Run(Chain, ("a", 0, 1_000), ("b", 1_000, 3_000), ("c", 3_000, 4_200), ("d", 4_200, 4_700))]);
        analysis.Suggestions.Select(suggestion => (suggestion.Earlier, suggestion.Later, suggestion.Saves.TotalMilliseconds)).ShouldBe([("b", "c", 1_200), ("c", "d", 500)]);
        analysis.Suggestions[0].Sentence.ShouldBe("Steps b and c do not depend on each other: run them in parallel, saves about 1.2 s.");
        analysis.Suggestions[1].Sentence.ShouldEndWith("saves about 500 ms.");
    }

    [Fact]
    public void a_dependency_that_carries_an_output_stays()
    {
        var plan = new Plan("p", [Call("a"), Call("b", uses: "a")]);
        PlanAnalysis.Of(plan, [Run(plan, ("a", 0, 1_000), ("b", 1_000, 2_000))]).Suggestions.ShouldBeEmpty();
    }

    [Fact]
    public void persons_and_times_are_waited_for_on_purpose()
    {
        var plan = new Plan("p", [new Step("ask", Approval: new ApprovalRequest("Well?")), Call("b") with { Dependencies = ["ask"] }, new Step("rest", Sleep: TimeSpan.FromHours(1), Dependencies: ["b"])]);
        PlanAnalysis.Of(plan, [Run(plan, ("ask", 0, 60_000), ("b", 60_000, 61_000), ("rest", 61_000, 3_661_000))]).Suggestions.ShouldBeEmpty();
    }

    [Fact]
    public void what_lies_around_two_steps_keeps_its_order_when_they_run_side_by_side()
    {
        // Without c after b, d still waits for both: it came after c, and so after b.
        var plan = new Plan("p", [Call("a"), Call("b", uses: "a"), Call("c") with { Dependencies = ["b"] }, Call("d", uses: "c")]);
        var analysis = PlanAnalysis.Of(plan, [Run(plan, ("a", 0, 1_000), ("b", 1_000, 5_000), ("c", 5_000, 6_000), ("d", 6_000, 7_000))]);
        analysis.Suggestions.ShouldHaveSingleItem().Saves.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact] // S3-44
    public void the_path_that_decides_and_the_share_of_parallel_work_are_read_off_the_runs()
    {
        var plan = new Plan("p", [Call("a"), Call("slow"), Call("quick"), Call("join", uses: "slow") with { Dependencies = ["slow", "quick", "a"] }]);
        var analysis = PlanAnalysis.Of(plan,
        [
            Run(plan, ("a", 0, 100), ("slow", 0, 900), ("quick", 0, 200), ("join", 900, 1_000)),
            Run(plan, ("a", 0, 100), ("slow", 0, 800), ("quick", 0, 300), ("join", 800, 1_000)),
            Run(plan, ("a", 0, 950), ("slow", 0, 300), ("quick", 0, 300), ("join", 950, 1_000)),
        ]);
        analysis.CriticalPath.ShouldBe(["slow", "join"]);
        analysis.Parallelism.ShouldBe((1.3 + 1.4 + 1.6) / 3, tolerance: 1e-9);
        analysis.Duration!.Mean.ShouldBe(TimeSpan.FromSeconds(1));
        analysis.Steps.Single(step => step.Id == "slow").Duration.ShouldBe(new Durations(3, TimeSpan.FromTicks(6_666_666), TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(900), TimeSpan.FromMilliseconds(900)));
    }

    [Fact]
    public void failures_count_and_their_times_do_not()
    {
        var plan = new Plan("p", [Call("a")]);
        var failed = Run(plan, ("a", 0, 9_000)) is var run ? run with { Status = WorkflowStatus.Failed, Steps = [run.Steps[0] with { Status = StepStatus.Failed, Attempts = 3 }] } : null!;
        var analysis = PlanAnalysis.Of(plan, [failed, Run(plan, ("a", 0, 100))]);
        (analysis.Runs, analysis.Completed, analysis.Duration!.Longest.TotalMilliseconds).ShouldBe((2, 1, 100));
        (analysis.Steps[0].Failures, analysis.Steps[0].Attempts, analysis.Steps[0].Duration!.Count).ShouldBe((1, 2, 1));
    }

    [Fact]
    public void nothing_is_said_of_a_plan_without_runs()
    {
        var analysis = PlanAnalysis.Of(Chain, []);
        (analysis.Runs, analysis.Duration, analysis.CriticalPath.Length, analysis.Suggestions.Length, analysis.Parallelism).ShouldBe((0, null, 0, 0, 0));
    }

    [Fact] // S3-48
    public void outcomes_go_with_time_or_against_it_or_not_at_all()
    {
        OutcomeAnalysis.Of([(Seconds(1), 10), (Seconds(2), 20), (Seconds(3), 30)]).ShouldBe(new OutcomeAnalysis(3, 20, 1));
        OutcomeAnalysis.Of([(Seconds(1), 30), (Seconds(2), 20), (Seconds(3), 10)]).Correlation!.Value.ShouldBe(-1, tolerance: 1e-9);
        OutcomeAnalysis.Of([(Seconds(1), 5), (Seconds(2), 5), (Seconds(3), 5)]).Correlation.ShouldBeNull();
        OutcomeAnalysis.Of([(Seconds(1), 5), (Seconds(2), 6)]).Correlation.ShouldBeNull();
        OutcomeAnalysis.Of([]).ShouldBe(new OutcomeAnalysis(0, 0, null));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static Step Call(string id, string? uses = null) => new(
        id, "agent", "work", uses is null ? null : Payload.From(new { from = $"${{{{ steps.{uses}.output }}}}" }), uses is null ? [] : [uses]);

    private static WorkflowView Run(Plan plan, params (string Step, int From, int To)[] steps) => new(
        new WorkflowId("w"), 9, WorkflowStatus.Completed, 1, false, plan, null, null, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty,
        [
            .. steps.Select(step => new StepView(
                new StepPath(step.Step), StepStatus.Completed, StepKind.Call, "agent", "work", [], 1, 1, Payload.EmptyObject, null, null,
                Start.AddMilliseconds(step.From), Start.AddMilliseconds(step.To), false)),
        ],
        null, null, null, Start, Start, Start.AddMilliseconds(steps.Max(step => step.To)), null);
}
