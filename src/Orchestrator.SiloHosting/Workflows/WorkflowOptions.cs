using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>The limits and defaults workflows are decided under.</summary>
public sealed class WorkflowOptions
{
    public const string Section = "Workflows";

    /// <summary>For attempts of steps that name no timeout of their own.</summary>
    /// <value>10 ms to 30 days. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan StepTimeout { get; set; } = WorkflowPolicy.Default.StepTimeout;

    /// <summary>So many crashes of ours in a row during one attempt, and its step is quarantined as a dead letter.</summary>
    /// <value>1 to 100. The default is 5.</value>
    [Range(1, 100)]
    public int CrashesMax { get; set; } = WorkflowPolicy.Default.CrashesMax;

    /// <summary>Items of one fan-out.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int ItemsMax { get; set; } = WorkflowPolicy.Default.ItemsMax;

    /// <summary>Events of one workflow; at this many it fails with <c>workflow.history_limit</c>.</summary>
    /// <value>100 to 10,000,000. The default is 100,000.</value>
    [Range(100, 10_000_000)]
    public int EventsMax { get; set; } = WorkflowPolicy.Default.EventsMax;

    /// <summary>Signals that may wait in one workflow to be asked for.</summary>
    /// <value>1 to 1,000,000. The default is 1,000.</value>
    [Range(1, 1_000_000)]
    public int SignalsMax { get; set; } = WorkflowPolicy.Default.SignalsMax;

    /// <summary>How long after an attempt's timeout its report is waited for, before the workflow counts the attempt as timed out without one.</summary>
    /// <value>
    /// 100 ms to 10 minutes. The default is 20 s: longer than it takes to notice that a silo is lost and to repeat what it was doing, so that our crash is
    /// not counted as the agent's failure.
    /// </value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReportGrace { get; set; } = WorkflowPolicy.Default.ReportGrace;

    /// <summary>So long after its last event, a workflow with calls out is woken to see whether somebody still makes them.</summary>
    /// <value>5 s to 1 hour. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan CallsCheckedAfter { get; set; } = WorkflowPolicy.Default.CallsCheckedAfter!.Value;

    /// <summary>Heartbeats of one attempt that follow each other faster add nothing to its history and do not move its deadline.</summary>
    /// <value>100 ms to 1 hour. The default is 5 s; never more than a tenth of the attempt's timeout.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HeartbeatRest { get; set; } = WorkflowPolicy.Default.HeartbeatRest;

    public WorkflowPolicy ToPolicy() => new(StepTimeout, CrashesMax, ItemsMax, EventsMax, SignalsMax, ReportGrace, CallsCheckedAfter: CallsCheckedAfter, HeartbeatRest: HeartbeatRest);
}
