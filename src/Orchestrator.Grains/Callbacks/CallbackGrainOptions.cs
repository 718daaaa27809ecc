using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Callbacks;

namespace Orchestrator.Grains.Callbacks;

/// <summary>How long callbacks are tried.</summary>
public sealed class CallbackGrainOptions
{
    public const string Section = "Callbacks";

    /// <summary>The pause after the first failed try; each later one is five times as long, up to <see cref="PauseMax"/>.</summary>
    /// <value>100 ms to 1 hour. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PauseFirst { get; set; } = CallbackPolicy.Default.First;

    /// <value>1 s to 1 day. The default is 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PauseMax { get; set; } = CallbackPolicy.Default.Max;

    /// <summary>After so many failed tries a callback is given up, until somebody asks for it again.</summary>
    /// <value>1 to 1,000. The default is 28, about a day.</value>
    [Range(1, 1_000)]
    public int TriesMax { get; set; } = CallbackPolicy.Default.TriesMax;

    /// <summary>The largest output that a callback carries; a larger one is left out, and the receiver reads it from the workflow.</summary>
    /// <value>0 to 16 MiB, in bytes. The default is 256 KiB.</value>
    [Range(0, 16_777_216)]
    public int OutputBytesMax { get; set; } = 262_144;

    internal CallbackPolicy ToPolicy() => new(PauseFirst, CallbackPolicy.Default.Factor, PauseMax, TriesMax);
}
