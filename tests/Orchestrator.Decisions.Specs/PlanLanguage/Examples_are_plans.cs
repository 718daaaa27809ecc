using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class Examples_are_plans
{
    public static TheoryData<string> Paths() => [.. Repository.Examples];

    [Theory]
    [MemberData(nameof(Paths))]
    public void each_is_read_without_a_problem_and_written_back(string path)
    {
        var reading = Repository.Read(path);
        reading.Problems.ShouldBeEmpty();
        var written = PlanDocument.Write(reading.Plan.ShouldNotBeNull());
        var again = PlanDocument.Read(written.Utf8, PlanFormat.Json);
        again.Problems.ShouldBeEmpty();
        PlanDocument.Write(again.Plan!).ShouldBe(written);
    }

    [Fact]
    public void there_are_those_that_the_readme_names() =>
        new[] { "examples/course.yaml", "examples/flaky.yaml", "examples/fanout.yaml", "examples/approval.yaml" }.ShouldBeSubsetOf(Repository.Examples);

    [Fact]
    public void the_plans_of_the_first_systems_mean_what_they_meant()
    {
        var init = Repository.Read("examples/s3/session-init.json").Plan!;
        init.Id.ShouldBe("session_init_12345");
        init.Mode.ShouldBe(PlanMode.Dag);
        init.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        init.Steps[1].Dependencies.ShouldBe(["init_learning"]);
        init.Steps.ShouldAllBe(step => step.Retry == new RetryPolicy(3, Backoff.Linear, TimeSpan.FromSeconds(1), 2, null, 0, default));

        var activity = Repository.Read("examples/s3/learning-activity.json").Plan!;
        activity.Mode.ShouldBe(PlanMode.Sequential);
        activity.Timeout.ShouldBe(TimeSpan.FromSeconds(45));
        activity.Steps.Select(step => step.Action).ShouldBe(["get_next_activity", "process_interaction", "analyze_performance", "generate_feedback"]);
        activity.Steps.ShouldAllBe(step => step.Retry == null);

        var analysis = Repository.Read("examples/s3/parallel-analysis.json").Plan!;
        analysis.Timeout.ShouldBe(TimeSpan.FromSeconds(60));
        analysis.Steps[3].Dependencies.ShouldBe(["learning_analysis", "speech_analysis", "tutor_analysis"]);
        analysis.Steps.Take(3).ShouldAllBe(step => step.Dependencies.IsDefault);

        var resilient = Repository.Read("examples/s3/resilient.json").Plan!;
        resilient.Timeout.ShouldBe(TimeSpan.FromSeconds(15));
        resilient.Steps[0].Retry!.MaxAttempts.ShouldBe(4);

        var gpt = Repository.Read("examples/s3/ml-to-gpt4-fallback.json").Plan!;
        (gpt.Timeout, gpt.FallbackPlan!.Timeout).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        gpt.FallbackPlan.Steps[0].Action.ShouldBe("predict_with_gpt4");

        var rules = Repository.Read("examples/s3/ml-to-rules-fallback.json").Plan!;
        (rules.Timeout, rules.FallbackPlan!.Timeout).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)));
        rules.Steps[0].Retry!.InitialInterval.ShouldBe(TimeSpan.FromMilliseconds(500));
    }
}
