using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grains.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.LocalRuntime;

namespace Orchestrator.SiloHosting.Local;

/// <summary>Hosts the grains on the runtime in this process. Built in the Local flavour only.</summary>
internal static class LocalGrains
{
    public static void AddGrains(this IServiceCollection services)
    {
        services.AddValidatedOptions<LocalSiloOptions>();
        services.AddLocalSilo(silo => silo.AddGrains(typeof(WorkflowGrain).Assembly));
    }
}
