using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Analytics;

/// <summary>How a number in the outputs, such as a learner's score, goes with how long the runs took.</summary>
/// <param name="Runs">Completed runs whose output has such a number.</param>
/// <param name="Correlation">Pearson's r (Karl Pearson, 1895) of run time and number, −1 to 1; null for fewer than three runs, or where either never varies. It says nothing of which causes which.</param>
public sealed record OutcomeAnalysis(int Runs, double Mean, double? Correlation)
{
    private const int RunsLeast = 3;

    public static OutcomeAnalysis Of(IReadOnlyCollection<(TimeSpan Duration, double Value)> runs)
    {
        if (runs.Count == 0)
        {
            return new(0, 0, null);
        }

        var (meanTime, mean) = (runs.Average(run => run.Duration.TotalSeconds), runs.Average(run => run.Value));
        var together = runs.Sum(run => (run.Duration.TotalSeconds - meanTime) * (run.Value - mean));
        var apart = Math.Sqrt(runs.Sum(run => Math.Pow(run.Duration.TotalSeconds - meanTime, 2)) * runs.Sum(run => Math.Pow(run.Value - mean, 2)));
        return new(runs.Count, mean, runs.Count < RunsLeast || apart == 0 ? null : Math.Clamp(together / apart, -1, 1));
    }

    /// <summary>The runs that count for it.</summary>
    public static TimeSpan? DurationOf(WorkflowView run) => run.Status == WorkflowStatus.Completed ? PlanAnalysis.LengthOf(run) : null;
}
