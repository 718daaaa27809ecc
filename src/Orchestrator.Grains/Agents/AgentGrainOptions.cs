using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>Leases, fairness and bounds of agents.</summary>
public sealed class AgentGrainOptions
{
    public const string Section = "Agents";

    /// <summary>A lease that is neither released nor renewed for this long ends, and its room is given on.</summary>
    /// <value>4 s to 10 min; steps renew every 3 s unless told otherwise. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:04", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = DeskPolicy.Default.LeaseFor;

    /// <summary>After so many grants to more urgent calls, a level of priority that waits has the next one.</summary>
    /// <value>1 to 10,000. The default is 20.</value>
    [Range(1, 10_000)]
    public int PassedOverMax { get; set; } = DeskPolicy.Default.PassedOverMax;

    /// <summary>The rest before a breaker that refused a probe is asked again.</summary>
    /// <value>10 ms to 1 min. The default is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ProbePause { get; set; } = DeskPolicy.Default.ProbePause;

    /// <summary>An agent whose grain was lost with calls out lets no new one through for this long, in which the calls that are out make themselves known again.</summary>
    /// <value>0 to 1 min; more than <c>Steps:RenewEvery</c>, or limits may be exceeded for a while. The default is 5 s. Where one process has the store to itself, it never applies.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SettleFor { get; set; } = DeskPolicy.Default.SettleFor;

    /// <summary>How old the router's copy of the directory may be.</summary>
    /// <value>0 to 1 s. The default is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan RouterCopyAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Registered agents. One more is refused with <c>agent.too_many</c>.</summary>
    /// <value>1 to 100,000. The default is 10,000; the directory is one record, so a registration costs a write of all of them.</value>
    [Range(1, 100_000)]
    public int RegisteredMax { get; set; } = 10_000;

    internal DeskPolicy ToPolicy() => new(LeaseFor, PassedOverMax, ProbePause, SettleFor);
}
