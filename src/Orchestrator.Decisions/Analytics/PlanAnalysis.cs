using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Analytics;

/// <summary>What the finished runs of one plan tell of it: how long it takes, what decides that, and where steps wait for each other without need.</summary>
/// <param name="Runs">Those that were looked at.</param>
/// <param name="Duration">From acceptance to the end, of those that completed; null when none did.</param>
/// <param name="Steps">In the order of the plan; those inside sub-plans and fan-outs are part of their step.</param>
/// <param name="CriticalPath">The chain of steps that most often decided how long it took, first to last.</param>
/// <param name="Parallelism">Time in steps over time in all: 1 when one step runs at a time.</param>
public sealed record PlanAnalysis(
    int Runs, int Completed, Durations? Duration, ImmutableArray<StepAnalysis> Steps, ImmutableArray<string> CriticalPath, double Parallelism, ImmutableArray<PlanSuggestion> Suggestions)
{
    /// <param name="runs">Finished workflows of this very plan; those that failed count for failures only.</param>
    public static PlanAnalysis Of(Plan plan, IReadOnlyCollection<WorkflowView> runs)
    {
        var completed = runs.Where(run => run.Status == WorkflowStatus.Completed).ToList();
        var order = PlanEdges.Of(plan);
        var steps = plan.Steps.Select(step => StepAnalysis.Of(step.Id, runs)).ToImmutableArray();
        var means = steps.ToDictionary(step => step.Id, step => step.Duration?.Mean ?? TimeSpan.Zero, StringComparer.Ordinal);
        var paths = completed.Select(run => string.Join('\n', order.DecidingPath(run))).Where(path => path.Length > 0);
        return new(
            runs.Count,
            completed.Count,
            Durations.Of(completed.Select(LengthOf)),
            steps,
            [.. paths.GroupBy(path => path, StringComparer.Ordinal).MaxBy(group => group.Count())?.Key.Split('\n') ?? []],
            Ratio(completed.Sum(run => TopSteps(run).Sum(step => TimeIn(step).TotalSeconds)), completed.Sum(run => LengthOf(run).TotalSeconds)),
            completed.Count == 0 ? [] : PlanSuggestion.For(plan, order, means));
    }

    internal static TimeSpan LengthOf(WorkflowView run) => run.FinishedAt!.Value - run.CreatedAt;

    internal static IEnumerable<StepView> TopSteps(WorkflowView run) => run.Steps.Where(step => step is { StartedAt: not null, FinishedAt: not null, Reused: false } && step.Path.Value.IndexOfAny(['/', '[', '~']) < 0);

    internal static TimeSpan TimeIn(StepView step) => step.FinishedAt!.Value - step.StartedAt!.Value;

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}

/// <summary>How long something takes.</summary>
/// <param name="P95">The nearest rank: at least 95 % were not longer.</param>
public sealed record Durations(int Count, TimeSpan Mean, TimeSpan Median, TimeSpan P95, TimeSpan Longest)
{
    /// <returns>Null where there are none.</returns>
    public static Durations? Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? null : new(sorted.Count, TimeSpan.FromTicks((long)sorted.Average(time => time.Ticks)), Rank(0.5), Rank(0.95), sorted[^1]);

        TimeSpan Rank(double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }
}

/// <summary>What one step did in the runs.</summary>
/// <param name="Failures">Runs in which it did not succeed in the end.</param>
/// <param name="Attempts">The mean of attempts in runs that began it.</param>
public sealed record StepAnalysis(string Id, Durations? Duration, int Failures, double Attempts)
{
    internal static StepAnalysis Of(string id, IReadOnlyCollection<WorkflowView> runs)
    {
        var done = runs.SelectMany(PlanAnalysis.TopSteps).Where(step => step.Path.Value == id).ToList();
        return new(
            id,
            Durations.Of(done.Where(step => step.Status == StepStatus.Completed).Select(PlanAnalysis.TimeIn)),
            done.Count(step => step.Status is StepStatus.Failed or StepStatus.TimedOut),
            done.Count == 0 ? 0 : done.Average(step => step.Attempts));
    }
}
