using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Routes;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.SiloHosting.Routes;

internal static class RouteHosting
{
    /// <summary>Declares what ships with the product, then what the configuration adds.</summary>
    public static IServiceCollection AddRoutes(this IServiceCollection services)
    {
        services.AddSingleton(provider => new DeclaredRoutes(Declared(provider.GetRequiredService<IOptions<DeclaredRoutesOptions>>().Value)));
        return services.AddSingleton<IDeclaredRoutes>(provider => provider.GetRequiredService<DeclaredRoutes>());
    }

    internal static IEnumerable<Route> Declared(DeclaredRoutesOptions options) =>
        (options.Shipped ? ShippedRoutes.All : []).Concat(options.Rules.Select(rule => rule.ToRoute()));
}
