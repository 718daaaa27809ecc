using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>What requests in words took on average (S4-38), of those that are kept: nothing of it lives in a process.</summary>
/// <param name="Requests">So many were looked at, the newest first; those under way are among them.</param>
/// <param name="SuccessRate">0 to 1, of those that have ended; null before the first.</param>
/// <param name="UserSatisfaction">0 to 1, of those of which somebody said anything.</param>
/// <param name="CacheHitRate">0 to 1: how often a model's judgement was remembered, of those for which one was wanted.</param>
/// <param name="Agents">By the agents that were used.</param>
public sealed record RequestAveragesResponse(
    int Requests,
    [property: JsonPropertyName("success_rate")] double? SuccessRate,
    [property: JsonPropertyName("routing_time_ms")] double? RoutingTimeMs,
    [property: JsonPropertyName("execution_time_ms")] double? ExecutionTimeMs,
    [property: JsonPropertyName("user_satisfaction")] double? UserSatisfaction,
    [property: JsonPropertyName("cache_hit_rate")] double? CacheHitRate,
    ImmutableSortedDictionary<string, AgentAverages> Agents)
{
    public static RequestAveragesResponse Of(IReadOnlyCollection<RequestMetricsResponse> requests) => new(
        requests.Count,
        Rate(requests),
        Mean(requests.Select(request => (double?)request.RoutingTimeMs)),
        Mean(requests.Select(request => request.ExecutionTimeMs)),
        Mean(requests.Select(request => request.UserSatisfaction)),
        Mean(requests.Select(request => request.CacheHitRate)),
        requests.SelectMany(request => request.AgentsUsed.Distinct().Select(agent => (agent, request)))
            .GroupBy(use => use.agent, use => use.request, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(
                uses => uses.Key,
                uses => new AgentAverages(uses.Count(), Rate([.. uses]), Mean(uses.Select(request => request.ExecutionTimeMs)), Mean(uses.Select(request => request.UserSatisfaction))),
                StringComparer.Ordinal));

    private static double? Rate(IEnumerable<RequestMetricsResponse> requests) =>
        Mean(requests.Select(request => request.Success is { } success ? success ? 1d : 0 : (double?)null));

    private static double? Mean(IEnumerable<double?> values) => values.Average() is { } mean ? Math.Round(mean, 3) : null;
}

/// <param name="Requests">In which it had a part.</param>
public sealed record AgentAverages(
    int Requests,
    [property: JsonPropertyName("success_rate")] double? SuccessRate,
    [property: JsonPropertyName("execution_time_ms")] double? ExecutionTimeMs,
    [property: JsonPropertyName("user_satisfaction")] double? UserSatisfaction);

/// <summary>What a person says of an answer.</summary>
/// <param name="Satisfaction">0, not at all, to 1, wholly.</param>
internal sealed record SatisfactionRequest(double? Satisfaction = null);
