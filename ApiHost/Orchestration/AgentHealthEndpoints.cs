using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Observing;
using Orchestrator.Grains;
using Orchestrator.Grains.Agents;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>Which agents can be called (S4-34).</summary>
/// <param name="SystemHealth"><c>healthy</c> when all can, else <c>degraded</c>.</param>
internal sealed record AgentsHealthResponse(
    [property: JsonPropertyName("healthy_agents")] ImmutableArray<string> HealthyAgents,
    [property: JsonPropertyName("unhealthy_agents")] ImmutableArray<string> UnhealthyAgents,
    [property: JsonPropertyName("total_agents")] int TotalAgents,
    [property: JsonPropertyName("system_health")] string SystemHealth);

/// <summary>How the orchestrator and what it needs are (S4-40).</summary>
/// <param name="OrchestratorStatus"><c>degraded</c> when more than half of the agents cannot be called, <c>warning</c> when any cannot, else <c>healthy</c>.</param>
/// <param name="ExternalDependencies">Each check of the server by name.</param>
internal sealed record HealthReportResponse(
    DateTimeOffset Timestamp,
    [property: JsonPropertyName("orchestrator_status")] string OrchestratorStatus,
    [property: JsonPropertyName("agent_health")] ImmutableSortedDictionary<string, AgentHealthMessage> AgentHealth,
    [property: JsonPropertyName("system_resources")] SystemResources SystemResources,
    [property: JsonPropertyName("external_dependencies")] ImmutableSortedDictionary<string, string> ExternalDependencies);

/// <param name="Breaker"><c>CLOSED</c>, <c>HALF_OPEN</c> or <c>OPEN</c>: the best of its instances.</param>
/// <param name="Error">Why it cannot be called.</param>
internal sealed record AgentHealthMessage(string Status, string Breaker, string? Error);

internal sealed record SystemResources(
    [property: JsonPropertyName("memory_bytes")] long MemoryBytes, int Processors, [property: JsonPropertyName("uptime_seconds")] double UptimeSeconds);

/// <summary>What an agent did since it was last activated (S4-05, S4-39).</summary>
/// <param name="AverageResponseTime">Seconds; 0 before the first call.</param>
/// <param name="SuccessRate">0 to 1; 1 before the first call.</param>
internal sealed record AgentMetricsMessage(
    [property: JsonPropertyName("requests_processed")] long RequestsProcessed,
    [property: JsonPropertyName("average_response_time")] double AverageResponseTime,
    [property: JsonPropertyName("success_rate")] double SuccessRate,
    [property: JsonPropertyName("current_requests")] int CurrentRequests,
    [property: JsonPropertyName("health_status")] string HealthStatus,
    [property: JsonPropertyName("last_health_check")] DateTimeOffset? LastHealthCheck);

internal static class AgentHealthEndpoints
{
    private const string Healthy = "healthy";
    private const string Unhealthy = "unhealthy";

    public static void MapAgentHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/agents/health", async (IGrainFactory grains, CancellationToken cancellationToken) =>
            {
                var engine = await EngineState.ReadAsync(grains, cancellationToken);
                ImmutableArray<string> ill = [.. engine.InService.Where(agent => !EngineState.IsHealthy(agent)).Select(NameOf)];
                return Results.Json(
                    new AgentsHealthResponse(
                        [.. engine.InService.Where(EngineState.IsHealthy).Select(NameOf)], ill, engine.InService.Count(), ill.IsEmpty ? Healthy : "degraded"),
                    ApiJson.Responses);
            })
            .WithName("getAgentsHealth")
            .WithSummary("Which agents can be called")
            .Produces<AgentsHealthResponse>();

        routes.MapGet("/agents/metrics", async (IGrainFactory grains, CancellationToken cancellationToken) =>
            {
                var engine = await EngineState.ReadAsync(grains, cancellationToken);
                return Results.Json(engine.Agents.ToImmutableSortedDictionary(NameOf, MetricsOf, StringComparer.Ordinal), ApiJson.Responses);
            })
            .WithName("getAgentMetrics")
            .WithSummary("What each agent did")
            .Produces<ImmutableSortedDictionary<string, AgentMetricsMessage>>();

        routes.MapGet("/health/report", async (IGrainFactory grains, HealthCheckService health, ServerStart start, TimeProvider clock, CancellationToken cancellationToken) =>
            {
                var engine = await EngineState.ReadAsync(grains, cancellationToken);
                var checks = await health.CheckHealthAsync(check => check.Tags.Contains(ObservingEndpoints.ReadyTag), cancellationToken);
                return Results.Json(
                    new HealthReportResponse(
                        clock.GetUtcNow(),
                        engine.Word,
                        engine.InService.ToImmutableSortedDictionary(NameOf, HealthOf, StringComparer.Ordinal),
                        new(Environment.WorkingSet, Environment.ProcessorCount, Math.Round((clock.GetUtcNow() - start.At).TotalSeconds, 3)),
                        checks.Entries.ToImmutableSortedDictionary(entry => entry.Key, entry => SnakeCase.Of(entry.Value.Status), StringComparer.Ordinal)),
                    ApiJson.Responses);
            })
            .WithName("getHealthReport")
            .WithSummary("How the orchestrator and what it needs are")
            .Produces<HealthReportResponse>();
    }

    private static string NameOf(AgentView agent) => agent.Registration.Name;

    private static AgentHealthMessage HealthOf(AgentView agent) => EngineState.IsHealthy(agent)
        ? new(Healthy, BreakerOf(agent), null)
        : new(Unhealthy, BreakerOf(agent), Decisions.Agents.Admission.Unavailable(NameOf(agent)));

    private static string BreakerOf(AgentView agent) => SnakeCase.Of(EngineState.BreakerOf(agent)).ToUpperInvariant();

    private static AgentMetricsMessage MetricsOf(AgentView agent) => new(
        agent.Calls,
        Math.Round(agent.Instances.Select(instance => instance.AverageSeconds).OfType<double>().DefaultIfEmpty(0).Average(), 6),
        agent.Calls == 0 ? 1 : (double)(agent.Calls - agent.Failures) / agent.Calls,
        agent.CallsOut,
        EngineState.IsHealthy(agent) ? Healthy : Unhealthy,
        agent.Instances.Max(instance => instance.CheckedAt));
}
