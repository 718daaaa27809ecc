using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Retention;

/// <summary>How long what is over is kept. A workflow goes with its events, tags, dead letters and uses of blobs; a live one never goes.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Storage:Retention";

    /// <summary>How long a completed workflow is kept after its last event.</summary>
    /// <value>One hour to ten years. The default is seven days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Completed { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a cancelled workflow is kept after its last event.</summary>
    /// <value>One hour to ten years. The default is seven days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Cancelled { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a failed workflow is kept after its last event.</summary>
    /// <value>One hour to ten years. The default is thirty days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Failed { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a workflow that ran out of time is kept after its last event.</summary>
    /// <value>One hour to ten years. The default is thirty days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan TimedOut { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an idempotency key is kept after it was used.</summary>
    /// <value>24 hours, which is what callers are promised, to one year. The default is 24 hours.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan Requests { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a blob that no workflow uses is kept after it was last put or used, and what an upload left behind after its last part.</summary>
    /// <value>One hour, which is more than any start takes to follow its upload, to one year. The default is one day.</value>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Blobs { get; set; } = TimeSpan.FromDays(1);

    /// <summary>From the end of one sweep to the beginning of the next.</summary>
    /// <value>One second to one day. The default is ten minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Workflows, or keys, that one transaction may delete.</summary>
    /// <value>1 to 10,000. The default is 200.</value>
    [Range(1, 10_000)]
    public int BatchMax { get; set; } = 200;

    /// <summary>How long one transaction may go on deleting before it commits. A single workflow is deleted in one piece whatever it takes.</summary>
    /// <value>1 to 100 ms, since appends wait meanwhile. The default is 20 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:00.100")]
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Throws when a value is out of its range.</summary>
    public void Validate() => Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);

    /// <summary>How long a workflow that ended like this is kept after its last event.</summary>
    public TimeSpan KeptFor(WorkflowStatus status) => status switch
    {
        WorkflowStatus.Completed => Completed,
        WorkflowStatus.Cancelled => Cancelled,
        WorkflowStatus.Failed => Failed,
        WorkflowStatus.TimedOut => TimedOut,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Only a finished workflow has a time to go."),
    };
}
