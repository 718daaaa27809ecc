using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Agents;

/// <summary>How an agent that calls another waits for room there.</summary>
public sealed class AgentCallsOptions
{
    public const string Section = "Agents:Tools";

    /// <summary>How long a call waits for room before it fails with <c>agent.busy</c>.</summary>
    /// <value>0 to 10 min. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan PatienceMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it asks meanwhile.</summary>
    /// <value>10 ms to 1 min. The default is 100 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a place is renewed while the call is under way; a lease ends after 10 s without.</summary>
    /// <value>100 ms to 1 min. The default is 3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(3);
}
