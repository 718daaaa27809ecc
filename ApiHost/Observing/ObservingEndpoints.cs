using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
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
/// <param name="ByState">Workflows kept, by state.</param>
/// <param name="Unfinished">Workflows that have not ended.</param>
/// <param name="Queued">Calls that wait for room at an agent, by priority 1 to 5.</param>
internal sealed record StatsResponse(
    ImmutableSortedDictionary<string, long> ByState, long Unfinished, int Agents, int CallsOut, ImmutableArray<int> Queued, int EventStreams, string Version, long UptimeMs, long MemoryBytes);

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

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", async (HttpContext http, MetricBook book, IGrainFactory grains, StreamCount streams, ServerStart start, TimeProvider clock, CancellationToken cancellationToken) =>
            {
                if (http.Request.Headers.Accept.ToString().StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
                {
                    return await StatsAsync(grains, streams, start, clock, cancellationToken);
                }

                var text = new StringBuilder();
                book.Write(text);
                await WriteEngineAsync(text, grains, clock, cancellationToken);
                return Results.Text(text.ToString(), Exposition.ContentType);
            })
            .WithName("getMetrics")
            .WithSummary("Metrics as Prometheus reads them")
            .WithDescription("Text exposition format 0.0.4; with `Accept: application/json` the same as `/api/v1/stats`. What the process "
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

    private static async Task<IResult> StatsAsync(IGrainFactory grains, StreamCount streams, ServerStart start, TimeProvider clock, CancellationToken cancellationToken)
    {
        var engine = await EngineState.ReadAsync(grains, cancellationToken);
        var queued = Enumerable.Range(0, 5).Select(level => engine.Agents.Sum(agent => agent.Queued is { IsDefault: false } queue && queue.Length > level ? queue[level] : 0));
        return Results.Json(
            new StatsResponse(
                engine.Workflows.ToImmutableSortedDictionary(pair => SnakeCase.Of(pair.Key), pair => pair.Value, StringComparer.Ordinal),
                engine.Unfinished,
                engine.Agents.Length,
                engine.Agents.Sum(agent => agent.CallsOut),
                [.. queued],
                streams.Open,
                typeof(ObservingEndpoints).Assembly.GetName().Version!.ToString(3),
                (long)(clock.GetUtcNow() - start.At).TotalMilliseconds,
                Environment.WorkingSet),
            ApiJson.Responses);
    }
}
