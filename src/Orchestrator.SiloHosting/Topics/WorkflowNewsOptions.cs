using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Topics;

/// <summary>Whether and how soon the topic <c>workflows</c> hears what becomes of workflows.</summary>
public sealed class WorkflowNewsOptions
{
    public const string Section = "Topics:Workflows";

    /// <summary>Keeps news of workflows with what they tell of, and tells them. Without it none are kept, but for callbacks that are owed.</summary>
    /// <value>The default is true.</value>
    public bool Told { get; set; } = true;

    /// <summary>Tells on the topic <c>steps</c> when each call begins and ends, too: <c>step:started</c>, <c>step:completed</c>, <c>step:failed</c>.</summary>
    /// <value>The default is false: they are two rows more for each call, in the transactions of its commits. A workflow's own events tell the same without them.</value>
    public bool Steps { get; set; }

    /// <summary>How often what is untold is looked for, and callbacks that are owed.</summary>
    /// <value>50 ms to 1 minute. The default is 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMilliseconds(500);
}
