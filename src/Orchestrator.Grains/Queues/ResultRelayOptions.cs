using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Queues;

/// <summary>How the message queue is told how workflows ended.</summary>
public sealed class ResultRelayOptions
{
    public const string Section = "MessageQueue:Results";

    /// <summary>How often each silo asks whether there is something to tell.</summary>
    /// <value>50 ms to 1 minute. The default is 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Results told between two notes of how far it has come, all at the same time.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int BatchMax { get; set; } = 100;

    /// <summary>The largest output that a result carries; a larger one is left out, and the receiver reads it from the workflow.</summary>
    /// <value>0 to 16 MiB, in bytes. The default is 256 KiB.</value>
    [Range(0, 16_777_216)]
    public int OutputBytesMax { get; set; } = 262_144;

    /// <summary>The rest after the first failure; doubled with each failure in a row, and half of it left to chance.</summary>
    /// <value>10 ms to 1 minute. The default is 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PauseFirst { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest such rest.</summary>
    /// <value>10 ms to 10 minutes. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan PauseMax { get; set; } = TimeSpan.FromSeconds(30);
}
