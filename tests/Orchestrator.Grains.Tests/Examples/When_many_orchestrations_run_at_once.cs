using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Examples;

/// <summary>S3-47: the six plans of examples/s3, some hundred workflows at the same time. What one of each does is done exactly so often.</summary>
public sealed class When_many_orchestrations_run_at_once
{
    private const int Times = 40;

    private static readonly string[] Examples =
        ["session-init.json", "learning-activity.json", "parallel-analysis.json", "ml-to-rules-fallback.json", "ml-to-gpt4-fallback.json", "resilient.json"];

    [Fact]
    public void each_does_what_it_does_alone_and_no_call_is_made_twice()
    {
        using var alone = new ExampleWorld();
        var expected = alone.RunAll(Examples, times: 1);
        var calls = Counted(alone, 1);
        calls.Count.ShouldBeGreaterThan(10);

        using var world = new ExampleWorld();
        var views = world.RunAll(Examples, Times);

        views.Count.ShouldBe(Times * Examples.Length);
        views.GroupBy(view => view.Plan.Id!).ShouldAllBe(group => group.Select(Told).Distinct().Single() == Told(expected.Single(view => view.Plan.Id == group.Key)));
        Counted(world, Times).ShouldBe(calls);
    }

    /// <summary>How often each action was called for one workflow of each plan.</summary>
    private static SortedDictionary<string, int> Counted(ExampleWorld world, int times) =>
        new(world.Calls.GroupBy(call => call.Action).ToDictionary(group => group.Key, group => group.Count() % times == 0 ? group.Count() / times : -group.Count()), StringComparer.Ordinal);

    private static string Told(WorkflowView view) => $"{view.Status}: {string.Join(", ", view.Steps.OrderBy(step => step.Path.Value, StringComparer.Ordinal).Select(step => $"{step.Path} {step.Status} {step.Attempts}"))}";
}
