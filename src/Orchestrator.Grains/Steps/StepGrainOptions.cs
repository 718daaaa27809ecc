using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Steps;

/// <summary>How an attempt waits, renews and reports.</summary>
public sealed class StepGrainOptions
{
    public const string Section = "Steps";

    /// <summary>An attempt that has no room after this long tells its workflow what it waits for.</summary>
    /// <value>0 to 10 s. The default is 100 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan QuietWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a waiting attempt asks again, in case the agent's grain was lost with its queue.</summary>
    /// <value>1 s to 10 min. The default is 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a lease is renewed while the call is under way; a lease ends after 10 s without.</summary>
    /// <value>100 ms to 1 min. The default is 3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The rest before a message of ours that did not arrive is sent again; it doubles each time.</summary>
    /// <value>1 ms to 10 s. The default is 50 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan BackoffFirst { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such rest. A report is sent until it is taken.</summary>
    /// <value>10 ms to 5 min. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>An attempt whose workflow has not been heard of for this long asks it whether it is still wanted: the word that it is not may have been lost.</summary>
    /// <value>1 s to 1 hour. The default is 45 s, three times <c>Workflows:OwedCheck</c>, at which a workflow is heard of in good times.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UnheardMax { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>This machine, as the endpoints of agents name it: an instance there is near to steps that run here, for agents that are balanced <c>local</c>.</summary>
    /// <value>1 to 255 characters, a name or an address. The default is the machine's name; in a container that is the container's, so give the node's.</value>
    [Required, StringLength(255, MinimumLength = 1)]
    public string Host { get; set; } = Environment.MachineName;

    internal TimeSpan Backoff(int failures)
    {
        var doubled = BackoffFirst * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < BackoffMax ? doubled : BackoffMax;
    }
}
