using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;

namespace Orchestrator.ApiHost.Observing;

/// <summary>Where <c>/metrics</c> is served: not at all, with everything else, and on a port of its own.</summary>
internal static class MetricsDoor
{
    private const string Path = "/metrics";

    /// <summary>The addresses to listen on: those of the API, and beside each the port for metrics where there is one.</summary>
    public static string Urls(string urls, int? metricsPort) => metricsPort is not { } port ? urls : string.Join(';', urls.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(url => new[] { url, Beside(BindingAddress.Parse(url), port) }).Distinct());

    /// <summary>Lets through what may come in by the port it came by.</summary>
    public static void UseMetricsDoor(this WebApplication app, ApiOptions options) => app.Use((http, next) =>
        IsServed(options, http) ? next(http) : ApiProblem.Of("route.not_found", $"There is nothing at '{RequestCheck.Shown(http.Request.Path.Value ?? "")}'.").ExecuteAsync(http));

    private static string Beside(BindingAddress address, int port) => FormattableString.Invariant($"{address.Scheme}://{address.Host}:{port}");

    private static bool IsServed(ApiOptions options, HttpContext http) => http.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase)
        ? options.Metrics
        : options.MetricsPort is not { } port || http.Connection.LocalPort != port;
}
