using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Diagnostics;

namespace Orchestrator.ApiHost.Observing;

/// <summary>One line and one measurement for each request. No bodies, no query values: they may hold what nobody should read in a log.</summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider clock, ApiMeter meter, ILogger<RequestLog> logger)
{
    private const string Unrouted = "unrouted";

    public async Task InvokeAsync(HttpContext http)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var elapsed = clock.GetElapsedTime(started);

            // After a fault the endpoint is found with the fault: the handler of exceptions starts from a clean request.
            var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
            var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? Unrouted;
            var status = http.Response.StatusCode;
            meter.Measure(Method(http.Request.Method), route, status, elapsed);
            var level = IsProbe(http.Request.Path) ? LogLevel.Debug : status >= 500 ? LogLevel.Warning : LogLevel.Information;
            LogRequest(level, http.Request.Method, route, status, elapsed.TotalMilliseconds, TraceContext.TraceIdOf(http));
        }
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);

    /// <summary>A method is a label of a metric, and a stranger can make up any number of them.</summary>
    private static string Method(string method) => method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "other";

    [LoggerMessage(EventId = 5020, EventName = "Request", Message = "{Method} {Route} answered {Status} in {ElapsedMs} ms, trace {TraceId}")]
    private partial void LogRequest(LogLevel level, string method, string route, int status, double elapsedMs, string traceId);
}

/// <summary>What the API measures of itself.</summary>
internal sealed class ApiMeter : IDisposable
{
    public const string Name = "Orchestrator.Api";

    private readonly Meter meter = new(Name);
    private readonly Histogram<double> duration;

    public ApiMeter(StreamCount streams)
    {
        duration = meter.CreateHistogram<double>("orc_http_request_duration_seconds", "s", "Time to answer a request, by route.");
        meter.CreateObservableGauge("orc_http_event_streams", () => streams.Open, description: "Open event streams.");
        meter.CreateObservableCounter("orc_http_event_streams_stalled", () => streams.Stalled, description: "Event streams cut off because their reader took nothing.");
    }

    public void Measure(string method, string route, int status, TimeSpan elapsed) => duration.Record(
        elapsed.TotalSeconds,
        new TagList { { "method", method }, { "route", route }, { "status", status switch { < 200 => "1xx", < 300 => "2xx", < 400 => "3xx", < 500 => "4xx", _ => "5xx" } } });

    public void Dispose() => meter.Dispose();
}
