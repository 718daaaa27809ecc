using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Workflows;

/// <summary>How long a workflow stays in memory and how it is woken. Correctness rests on none of these: the sweeper wakes what is due.</summary>
public sealed class WorkflowGrainOptions
{
    public const string Section = "Workflows";

    /// <summary>A workflow that no call and no time within this span will move is put to rest: its memory is given back.</summary>
    /// <value>0 to 1 hour. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RestAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a workflow makes sure that the attempts it waits for are under way.</summary>
    /// <value>1 s to 10 min. The default is 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan OwedCheck { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How soon an effect that could not begin is begun again.</summary>
    /// <value>10 ms to 1 min. The default is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan EffectRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a watcher is kept waiting by one call.</summary>
    /// <value>1 s to 20 s, well under the response timeout of the runtime. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:20")]
    public TimeSpan WatchMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Watchers of one workflow at the same time; one more is answered at once.</summary>
    /// <value>1 to 100,000. The default is 1,000.</value>
    [Range(1, 100_000)]
    public int WatchersMax { get; set; } = 1_000;
}
