using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Grains;
using Orchestrator.Grains.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Local;

/// <summary>Hosts the grains on the runtime in this process. Built in the Local flavour only.</summary>
internal static class LocalGrains
{
    public static IServiceCollection AddGrainOptions(this IServiceCollection services) => services.AddValidatedOptions<LocalSiloOptions>();

    public static IServiceCollection AddGrains(this IServiceCollection services, ProcessRole _) => services.AddLocalSilo(silo => silo
        .AddGrains(typeof(WorkflowGrain).Assembly)
        .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => new StoredGrainState(provider.GetRequiredService<IGrainStateTable>()))
        .AddMemoryStreams(TopicStreams.ProviderName)
        .AddReminderTable(provider => new StoredReminders(provider.GetRequiredService<IGrainReminderTable>())));
}
