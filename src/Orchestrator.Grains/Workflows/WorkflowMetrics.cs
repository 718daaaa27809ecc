using System.Diagnostics.Metrics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>How many workflows begin and end here, and how long they took, and what was given up. Labels are the final status and the kind of a dead letter.</summary>
internal static class WorkflowMetrics
{
    private static readonly Meter Meter = new("Orchestrator.Workflows");

    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>("orc_workflows_accepted_total", description: "Workflows taken on.");

    private static readonly Histogram<double> Durations =
        Meter.CreateHistogram<double>("orc_workflow_duration_seconds", "s", "From acceptance to the end, by final status.");

    private static readonly Counter<long> DeadLetters =
        Meter.CreateCounter<long>("orc_dead_letters_total", description: "Steps that failed for good, by whether our own crashes were the cause (quarantined) or the agent (failed).");

    public static void Began() => Accepted.Add(1);

    public static void GaveUp(bool quarantined) => DeadLetters.Add(1, new KeyValuePair<string, object?>("kind", quarantined ? "quarantined" : "failed"));

    public static void Ended(WorkflowStatus status, TimeSpan duration) => Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("status", Word(status)));

    /// <summary>A final status as labels and logs have it.</summary>
    public static string Word(WorkflowStatus status) => status switch
    {
        WorkflowStatus.Completed => "completed",
        WorkflowStatus.Failed => "failed",
        WorkflowStatus.Cancelled => "cancelled",
        _ => "timed_out",
    };
}
