using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Hosting.Telemetry;

namespace Orchestrator.ApiHost.Observing;

/// <summary>How the server is.</summary>
/// <param name="Status"><c>healthy</c>, or <c>warning</c> where a check does not stop the server from serving.</param>
/// <param name="Checks">Each check by name.</param>
internal sealed record HealthResponse(string Status, ImmutableSortedDictionary<string, string> Checks);

/// <summary>The engine in numbers.</summary>
/// <param name="Name"><c>Api:Name</c>.</param>
/// <param name="ByState">Workflows kept, by state.</param>
/// <param name="Unfinished">Workflows that have not ended.</param>
/// <param name="Queued">Calls that wait for room at an agent, by priority 1 to 5.</param>
internal sealed record StatsResponse(
    string Name, ImmutableSortedDictionary<string, long> ByState, long Unfinished, int Agents, int CallsOut, ImmutableArray<int> Queued, int EventStreams, string Version, long UptimeMs, long MemoryBytes);

/// <summary>How the orchestrator is, in one look (S2-22).</summary>
/// <param name="Status"><c>healthy</c>; <c>warning</c> where an agent cannot be called, <c>degraded</c> where more than half cannot.</param>
/// <param name="AgentsHealthy">Agents with an instance that takes calls.</param>
/// <param name="AgentsTotal">Agents that are set up.</param>
/// <param name="ActiveTasks">Workflows that have not ended.</param>
/// <param name="QueueSize">Calls that wait for room at an agent.</param>
internal sealed record SummaryResponse(
    string Status,
    DateTimeOffset Timestamp,
    string Version,
    [property: JsonPropertyName("agents_healthy")] int AgentsHealthy,
    [property: JsonPropertyName("agents_total")] int AgentsTotal,
    [property: JsonPropertyName("active_tasks")] long ActiveTasks,
    [property: JsonPropertyName("queue_size")] int QueueSize);

/// <summary>The metrics as JSON (S2-23).</summary>
/// <param name="AgentsStatus">The breaker of each agent: <c>closed</c>, <c>half_open</c>, <c>open</c>; the best of its instances.</param>
/// <param name="QueueSizes">Calls that wait for room, as <c>priority_5</c> to <c>priority_1</c>.</param>
internal sealed record MetricsResponse(
    [property: JsonPropertyName("total_tasks")] long TotalTasks,
    [property: JsonPropertyName("active_tasks")] long ActiveTasks,
    [property: JsonPropertyName("completed_tasks")] long CompletedTasks,
    [property: JsonPropertyName("failed_tasks")] long FailedTasks,
    [property: JsonPropertyName("agents_status")] ImmutableSortedDictionary<string, string> AgentsStatus,
    [property: JsonPropertyName("queue_sizes")] ImmutableSortedDictionary<string, int> QueueSizes);

internal static class ObservingEndpoints
{
    public const string StartupTag = "startup";
    public const string ReadyTag = "ready";
    public const string LiveTag = "live";

    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(5);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Liveness asks nobody else: a store that is away is no reason to kill the process that waits for it.
        Probe("live", "getLiveness", "Does the process make progress", LiveTag);
        Probe("startup", "getStartup", "Has the server started", StartupTag);
        Probe("ready", "getReadiness", "Can the server take work", ReadyTag);

        void Probe(string path, string name, string summary, string tag) =>
            routes.MapGet("/health/" + path, async (HealthCheckService health, CancellationToken cancellationToken) =>
                {
                    var report = await health.CheckHealthAsync(check => check.Tags.Contains(tag), cancellationToken);
                    return report.Status == HealthStatus.Unhealthy
                        ? ApiProblem.Of("server.not_ready", "Not well: " + string.Join("; ", report.Entries
                            .Where(entry => entry.Value.Status == HealthStatus.Unhealthy)
                            .Select(entry => entry.Value.Description is { } description ? $"{entry.Key}, {description}" : entry.Key)) + ".")
                        : Results.Json(
                            new HealthResponse(
                                report.Status == HealthStatus.Healthy ? "healthy" : "warning",
                                report.Entries.ToImmutableSortedDictionary(entry => entry.Key, entry => SnakeCase.Of(entry.Value.Status), StringComparer.Ordinal)),
                            ApiJson.Responses);
                })
                .WithName(name)
                .WithSummary(summary)
                .Produces<HealthResponse>();
    }

    public static void MapHealthSummary(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", async (IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken) =>
            {
                var engine = await EngineState.ReadAsync(grains, cancellationToken);
                return Results.Json(
                    new SummaryResponse(engine.Word, clock.GetUtcNow(), Version, engine.HealthyAgents, engine.InService.Count(), engine.Unfinished, engine.QueuedByPriority.Sum()),
                    ApiJson.Responses);
            })
            .WithName("getHealth")
            .WithSummary("How is the orchestrator")
            .WithDescription("For people and dashboards. Whoever restarts or routes asks `/health/live` and `/health/ready`: an agent that is ill makes no server ill.")
            .Produces<SummaryResponse>();

    private static string Version => typeof(ObservingEndpoints).Assembly.GetName().Version!.ToString(3);

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", async (HttpContext http, MetricBook book, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken) =>
            {
                if (http.Request.Headers.Accept.ToString().StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
                {
                    var state = await EngineState.ReadAsync(grains, cancellationToken);
                    return Results.Json(
                        new MetricsResponse(
                            state.Total,
                            state.Unfinished,
                            state.Completed,
                            state.Failed,
                            state.Agents.ToImmutableSortedDictionary(agent => agent.Registration.Name, agent => SnakeCase.Of(EngineState.BreakerOf(agent)), StringComparer.Ordinal),
                            state.QueuedByPriority.Select((queued, index) => (queued, index)).ToImmutableSortedDictionary(
                                level => FormattableString.Invariant($"priority_{level.index + 1}"), level => level.queued, StringComparer.Ordinal)),
                        ApiJson.Responses);
                }

                var text = new StringBuilder();
                book.Write(text);
                await WriteEngineAsync(text, grains, clock, cancellationToken);
                return Results.Text(text.ToString(), Exposition.ContentType);
            })
            .WithName("getMetrics")
            .WithSummary("Metrics as Prometheus reads them")
            .WithDescription("Text exposition format 0.0.4; with `Accept: application/json` the tasks, breakers and queues as S2 names them. What the process "
                + "measures itself is there even while the store is away; `orc_engine_readable` is 0 then.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    /// <summary>Metrics are wanted most when something is broken: what cannot be read is left out, and that it could not be read is said.</summary>
    private static async Task WriteEngineAsync(StringBuilder text, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken)
    {
        EngineState? engine = null;
        try
        {
            engine = await EngineState.ReadAsync(grains, cancellationToken).WaitAsync(EnginePatience, clock, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Readiness and the log tell what is wrong; here its being wrong is the measurement.
        }

        engine?.Write(text);
        Exposition.Header(text, "orc_engine_readable", "gauge", "1 when the state of workflows and agents could be read for this answer, else 0.");
        Exposition.Sample(text, "orc_engine_readable", "", engine is null ? 0 : 1);
    }

    public static void MapStats(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/stats", StatsAsync)
            .WithName("getStats")
            .WithSummary("The engine in numbers")
            .Produces<StatsResponse>();

    private static async Task<IResult> StatsAsync(IGrainFactory grains, StreamCount streams, ServerStart start, IOptions<ApiOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var engine = await EngineState.ReadAsync(grains, cancellationToken);
        return Results.Json(
            new StatsResponse(
                options.Value.Name,
                engine.Workflows.ToImmutableSortedDictionary(pair => SnakeCase.Of(pair.Key), pair => pair.Value, StringComparer.Ordinal),
                engine.Unfinished,
                engine.Agents.Length,
                engine.Agents.Sum(agent => agent.CallsOut),
                engine.QueuedByPriority,
                streams.Open,
                Version,
                (long)(clock.GetUtcNow() - start.At).TotalMilliseconds,
                Environment.WorkingSet),
            ApiJson.Responses);
    }
}
