using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>What holds for agents that a host declares, unless they say otherwise.</summary>
public sealed class AgentDefaults
{
    /// <summary>Calls under way at the same time over all instances (S2-34).</summary>
    /// <value>1 to 100,000. The default is 100.</value>
    [Range(1, 100_000)]
    public int Concurrency { get; set; } = 100;

    /// <summary>How calls are spread over instances.</summary>
    /// <value>RoundRobin, WeightedRoundRobin, LeastConnections, Scored, Random, ConsistentHash or Local. The default is RoundRobin.</value>
    [EnumDataType(typeof(Balancing))]
    public Balancing Balancing { get; set; } = Balancing.RoundRobin;

    /// <summary>Calls that may wait for room (S2-37).</summary>
    /// <value>0 to 1,000,000. The default is 10,000.</value>
    [Range(0, 1_000_000)]
    public int QueueMax { get; set; } = 10_000;

    /// <summary>Calls a minute (S2-38).</summary>
    /// <value>1 to 10,000,000; null, the default, for no limit.</value>
    [Range(1, 10_000_000)]
    public int? PerMinute { get; set; }

    /// <summary>Calls that may come at once where <see cref="PerMinute"/> is set.</summary>
    /// <value>1 to 1,000,000. The default is 20.</value>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 20;

    /// <summary>Consecutive failures that open the breaker of an instance.</summary>
    /// <value>1 to 1,000. The default is 5.</value>
    [Range(1, 1_000)]
    public int FailureThreshold { get; set; } = new BreakerPolicy().FailureThreshold;

    /// <summary>How long a breaker stays open after the last failure.</summary>
    /// <value>1 ms to 1 day. The default is 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RecoveryTimeout { get; set; } = new BreakerPolicy().OpenFor;

    /// <summary>Where HTTP agents are asked for their health, such as <c>/health</c>.</summary>
    /// <value>None, which asks nobody.</value>
    public string? HealthPath { get; set; }

    /// <summary>How often they are asked where <see cref="HealthPath"/> is set.</summary>
    /// <value>1 s to 1 day. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HealthCheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The agent with what it leaves open put in.</summary>
    internal AgentRegistration ApplyTo(AgentRegistration agent) => agent with
    {
        Balancing = Balancing,
        QueueMax = QueueMax,
        Breaker = agent.Breaker ?? new BreakerPolicy(FailureThreshold, RecoveryTimeout),
        Health = agent.Kind == AgentKind.Http && HealthPath is { } path ? new HealthCheck(path, HealthCheckInterval) : agent.Health,
    };
}
