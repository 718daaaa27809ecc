using System.Diagnostics.Metrics;
using Orchestrator.Execution.Routing;

namespace Orchestrator.Grains.Routing;

/// <summary>How the model that judges requests fares. The label is one of four words.</summary>
internal static class RoutingMetrics
{
    private static readonly Meter Meter = new("Orchestrator.Routing");

    private static readonly Counter<long> Judgements =
        Meter.CreateCounter<long>("orc_routing_judgements_total", description: "Questions to the model that judges requests, by what came of them.");

    public static void Judged(RouteJudgement? judgement, bool fromMemory) => Judgements.Add(1, new KeyValuePair<string, object?>("outcome", judgement switch
    {
        _ when fromMemory => "remembered",
        RouteJudgement.Chosen => "chosen",
        RouteJudgement.Unusable => "unusable",
        _ => "unconfigured",
    }));
}
