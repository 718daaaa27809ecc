using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Operators;
using Orchestrator.SiloHosting.Cluster;
using Orleans.Dashboard;
using Orleans.Hosting;
using DashboardOptions = Orchestrator.SiloHosting.Cluster.DashboardOptions;

namespace Orchestrator.SiloHosting;

/// <summary>Puts the dashboard of Orleans behind the operators' door.</summary>
public static class DashboardHosting
{
    /// <summary>What may be looked at, by the last part of its route. What a later Orleans adds is not there until it is written here.</summary>
    private static readonly HashSet<string> Shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "index.html", "favicon.ico", "index.min.js", "index.css", "fonts/{**path}", "img/{**path}",
        "version", "DashboardCounters", "ClusterStats", "Reminders", "Reminders/{page:int}", "HistoricalStats/{*path}", "SiloProperties/{*address}",
        "SiloMetadata/{*address}", "SiloStats/{*address}", "SiloCounters/{*address}", "GrainStats/{*grainName}", "TopGrainMethods", "GrainTypes", "LifecycleStages",
    };

    internal static void AddOperatorDashboard(this ISiloBuilder silo)
    {
        // Its log stream is off in every case: it shows lines as they were before secrets were taken out.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        silo.Services.AddSingleton<LoopbackOnly>();
    }

    /// <summary>Maps the runtime's dashboard where it has one: see <see cref="DashboardOptions"/>. To be called once routing is used.</summary>
    public static WebApplication MapOperatorDashboard(this WebApplication app)
    {
        var services = app.Services;
        if (services.GetService<LoopbackOnly>() is not { } loopback)
        {
            return app;
        }

        var options = services.GetRequiredService<IOptions<DashboardOptions>>().Value;
        var known = services.GetRequiredService<OperatorKeys>().Any;
        var alone = services.GetRequiredService<IOptions<ClusterOptions>>().Value.Role == ClusterRole.All;
        if (options.On && (known || alone))
        {
            var door = services.GetRequiredService<OperatorDoor>();
            IEndpointConventionBuilder dashboard = app.MapOrleansDashboard(options.Path).ExcludeFromDescription();
            dashboard.Finally(endpoint => Guard(endpoint, options.Path, http => known ? door.LetIn(http) is not null : loopback.LetIn(http)));
        }

        return app;
    }

    // Around the finished endpoint, so that nothing of it runs before the caller was let in, not even the reading of its parameters.
    private static void Guard(EndpointBuilder endpoint, string path, Func<HttpContext, bool> letIn)
    {
        var route = ((RouteEndpointBuilder)endpoint).RoutePattern.RawText!;
        var shown = Shown.Contains(route[Math.Min(route.Length, path.Length)..].Trim('/'));
        var inside = endpoint.RequestDelegate!;
        endpoint.Metadata.Add(new AsksOperators());
        endpoint.RequestDelegate = http =>
        {
            Protect(http.Response.Headers);
            if (!letIn(http))
            {
                return Task.CompletedTask;
            }

            if (!shown)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            return inside(http);
        };
    }

    // The page's own files and nothing else. It places things with style attributes and draws its charts from data addresses; none of them runs code.
    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
