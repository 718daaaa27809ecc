using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Limits;

namespace Orchestrator.Grains.Limits;

/// <summary>Leases, fairness and bounds of named limits.</summary>
public sealed class LimitGrainOptions
{
    public const string Section = "Limits";

    /// <summary>A lease that is neither released nor renewed for this long ends, and its room is given on.</summary>
    /// <value>4 s to 10 min; steps renew every 3 s unless told otherwise. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:04", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = LimitDeskPolicy.Default.LeaseFor;

    /// <summary>After so many turns of its key at more urgent levels, a level of priority that waits has the next one.</summary>
    /// <value>1 to 10,000. The default is 20.</value>
    [Range(1, 10_000)]
    public int PassedOverMax { get; set; } = LimitDeskPolicy.Default.PassedOverMax;

    /// <summary>A limit whose grain was lost with calls out lets no new one through for this long, in which the calls that are out make themselves known again.</summary>
    /// <value>0 to 1 min; more than <c>Steps:RenewEvery</c>, or limits may be exceeded for a while. The default is 5 s. Where one process has the store to itself, it never applies.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SettleFor { get; set; } = LimitDeskPolicy.Default.SettleFor;

    /// <summary>Keys that one limit keeps apart at the same time; a call of one more is refused with <c>limit.too_many_keys</c>.</summary>
    /// <value>100 to 1,000,000. The default is 10,000; one takes about 1 KB.</value>
    [Range(100, 1_000_000)]
    public int KeysMax { get; set; } = LimitDeskPolicy.Default.KeysMax;

    /// <summary>Stored limits. One more is refused with <c>limit.too_many</c>.</summary>
    /// <value>1 to 10,000. The default is 1,000.</value>
    [Range(1, 10_000)]
    public int StoredMax { get; set; } = 1_000;

    internal LimitDeskPolicy ToPolicy() => new(LeaseFor, PassedOverMax, SettleFor, KeysMax);
}
