namespace Orchestrator.Execution.Workflows;

/// <summary>How eagerly the sweeper of one silo looks, and how hard it may push.</summary>
/// <param name="DueEvery">Between two looks at what is due.</param>
/// <param name="OrphansEvery">Between two looks at what a gone process has left.</param>
/// <param name="WakesPerSweep">Workflows woken in one look; what is left waits for the next, which follows at once.</param>
/// <param name="WakesPerSecond">No faster than this, however much is due: after an outage the whole world is.</param>
/// <param name="Concurrency">Wakes under way at the same time.</param>
/// <param name="WakePatience">A wake that takes longer is given up and tried again later.</param>
/// <param name="RestFirst">How long a workflow is left alone after a wake that failed or changed nothing; doubled with each one in a row.</param>
/// <param name="RestMax">The longest such rest.</param>
public sealed record SweepPolicy(
    TimeSpan DueEvery,
    TimeSpan OrphansEvery,
    int WakesPerSweep,
    int WakesPerSecond,
    int Concurrency,
    TimeSpan WakePatience,
    TimeSpan RestFirst,
    TimeSpan RestMax)
{
    public static SweepPolicy Default { get; } = new(
        DueEvery: TimeSpan.FromSeconds(1),
        OrphansEvery: TimeSpan.FromSeconds(5),
        WakesPerSweep: 500,
        WakesPerSecond: 2_000,
        Concurrency: 32,
        WakePatience: TimeSpan.FromSeconds(30),
        RestFirst: TimeSpan.FromSeconds(2),
        RestMax: TimeSpan.FromSeconds(30));
}
