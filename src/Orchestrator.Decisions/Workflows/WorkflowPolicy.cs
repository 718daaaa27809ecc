namespace Orchestrator.Decisions.Workflows;

/// <summary>The limits and defaults workflows are decided under.</summary>
/// <param name="StepTimeout">For attempts of steps that name none.</param>
/// <param name="CrashesMax">So many crashes of ours in a row during one attempt, and its step is quarantined.</param>
/// <param name="ItemsMax">Items of one fan-out.</param>
/// <param name="EventsMax">Events of one workflow; at this many it fails with <c>workflow.history_limit</c>.</param>
/// <param name="SignalsMax">Signals that may wait to be asked for.</param>
/// <param name="TellsNews">Whether the world is told what becomes of workflows.</param>
/// <param name="ReportGrace">How long after an attempt's timeout its report is waited for. Whoever makes the attempt keeps its time; this is for reports that never come.</param>
/// <param name="CallsCheckedAfter">So long after its last event, a workflow with calls out is woken to see whether somebody still makes them, whatever became of those who did; null for never.</param>
/// <param name="TellsSteps">Whether the world is told of each call's beginning and end, too.</param>
/// <param name="HeartbeatRest">Heartbeats of one attempt that follow each other faster add nothing to its history; never more than a tenth of the attempt's timeout.</param>
public sealed record WorkflowPolicy(
    TimeSpan StepTimeout,
    int CrashesMax = 5,
    int ItemsMax = 10_000,
    int EventsMax = 100_000,
    int SignalsMax = 1_000,
    TimeSpan ReportGrace = default,
    bool TellsNews = true,
    TimeSpan? CallsCheckedAfter = null,
    bool TellsSteps = false,
    TimeSpan HeartbeatRest = default)
{
    public static WorkflowPolicy Default { get; } =
        new(TimeSpan.FromMinutes(5), ReportGrace: TimeSpan.FromSeconds(20), CallsCheckedAfter: TimeSpan.FromSeconds(30), HeartbeatRest: TimeSpan.FromSeconds(5));
}

/// <summary>What a decision may know besides the state and the message.</summary>
/// <param name="Now">The time at which it is made.</param>
/// <param name="Epoch">The process that makes it.</param>
public readonly record struct DecisionContext(DateTimeOffset Now, long Epoch, WorkflowPolicy Policy);
