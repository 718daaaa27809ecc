using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Schedules;

namespace Orchestrator.Grains.Schedules;

/// <summary>The limits of schedules.</summary>
public sealed class ScheduleGrainOptions
{
    public const string Section = "Schedules";

    /// <summary>A window that is looked at so long after its time has passed while nobody was there: the catch-up policy says what becomes of it.</summary>
    /// <value>61 s (a reminder wakes a schedule within a minute) to 1 hour. The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:01:01", "01:00:00")]
    public TimeSpan LateAfter { get; set; } = SchedulePolicy.Default.LateAfter;

    /// <summary>How often it is looked whether what runs has ended, while a window waits for that.</summary>
    /// <value>100 ms to 5 minutes. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan CheckEvery { get; set; } = SchedulePolicy.Default.CheckEvery;

    /// <summary>Windows of one schedule that may wait with the overlap policy <c>buffer_all</c>.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int BufferMax { get; set; } = SchedulePolicy.Default.BufferMax;

    /// <summary>Windows of one backfill.</summary>
    /// <value>1 to 10,000. The default is 1,000.</value>
    [Range(1, 10_000)]
    public int BackfillMax { get; set; } = SchedulePolicy.Default.BackfillMax;

    /// <summary>Schedules that there may be.</summary>
    /// <value>1 to 10,000. The default is 1,000.</value>
    [Range(1, 10_000)]
    public int NamesMax { get; set; } = 1_000;

    /// <summary>How long after a start that failed for want of a store it is tried again.</summary>
    /// <value>100 ms to 5 minutes. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan StartRetry { get; set; } = TimeSpan.FromSeconds(5);

    internal SchedulePolicy ToPolicy() => new(LateAfter, CheckEvery, BufferMax, BackfillMax: BackfillMax);
}
