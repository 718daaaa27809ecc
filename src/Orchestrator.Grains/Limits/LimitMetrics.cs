using System.Diagnostics.Metrics;

namespace Orchestrator.Grains.Limits;

/// <summary>What limits do, for those who watch. Labels are names of limits and codes, which are few; keys are not, and stay out.</summary>
internal static class LimitMetrics
{
    private static readonly Meter Meter = new("Orchestrator.Limits");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("orc_limit_refused_total", description: "Calls a named limit refused, by limit and code.");

    private static readonly Counter<long> Waits =
        Meter.CreateCounter<long>("orc_limit_waits_total", description: "Calls that had to wait for a named limit, by limit.");

    private static readonly Counter<long> Degraded =
        Meter.CreateCounter<long>("orc_limit_degraded_total", description: "Calls that a named limit sent to its fallback, by limit.");

    public static void Refused(string limit, string code) => Refusals.Add(1, new("limit", limit), new("code", code));

    public static void Waited(string limit) => Waits.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public static void SentAway(string limit) => Degraded.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
