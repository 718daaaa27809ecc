using System.ComponentModel.DataAnnotations;
using Orchestrator.Execution.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>How eagerly workflows are looked for that are due or orphaned, and how hard waking them may push. Every silo sweeps by itself, and all of this is of one silo.</summary>
public sealed class SweepOptions
{
    public const string Section = "Sweep";

    /// <summary>Between two looks at what is due.</summary>
    /// <value>10 ms to 1 minute. The default is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan DueEvery { get; set; } = SweepPolicy.Default.DueEvery;

    /// <summary>Between two looks at what a gone process has left; the first look is at the start.</summary>
    /// <value>100 ms to 1 hour. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan OrphansEvery { get; set; } = SweepPolicy.Default.OrphansEvery;

    /// <summary>Workflows woken in one look.</summary>
    /// <value>1 to 100,000. The default is 500.</value>
    [Range(1, 100_000)]
    public int WakesPerSweep { get; set; } = SweepPolicy.Default.WakesPerSweep;

    /// <summary>Workflows woken in one second at most.</summary>
    /// <value>1 to 1,000,000. The default is 2,000.</value>
    [Range(1, 1_000_000)]
    public int WakesPerSecond { get; set; } = SweepPolicy.Default.WakesPerSecond;

    /// <summary>Wakes under way at the same time.</summary>
    /// <value>1 to 10,000. The default is 32.</value>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = SweepPolicy.Default.Concurrency;

    /// <summary>A wake that takes longer is given up and tried again later.</summary>
    /// <value>100 ms to 10 minutes. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan WakePatience { get; set; } = SweepPolicy.Default.WakePatience;

    /// <summary>How long a workflow is left alone after a wake that failed or changed nothing; doubled with each one in a row.</summary>
    /// <value>100 ms to 1 minute. The default is 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RestFirst { get; set; } = SweepPolicy.Default.RestFirst;

    /// <summary>The longest such rest.</summary>
    /// <value>1 s to 1 hour. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RestMax { get; set; } = SweepPolicy.Default.RestMax;

    public SweepPolicy ToPolicy() => new(DueEvery, OrphansEvery, WakesPerSweep, WakesPerSecond, Concurrency, WakePatience, RestFirst, RestMax);
}
