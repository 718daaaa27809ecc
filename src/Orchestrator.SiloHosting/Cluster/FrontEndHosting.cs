using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Execution.Ids;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>Puts together a process that hosts no grains and calls those of the cluster.</summary>
public static class FrontEndHosting
{
    /// <summary>Makes this process a client of the silos. It opens no store; the settings of silos are known to it, so that both may be given the same.</summary>
    internal static IServiceCollection AddOrchestratorFrontEnd(this IServiceCollection services, ProcessRole role)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Random, SecureRandom>();
        services.AddMetrics();
        services.AddSiloOptions();
        services.AddFrontEnd(role.Cluster);
        return services;
    }
}
