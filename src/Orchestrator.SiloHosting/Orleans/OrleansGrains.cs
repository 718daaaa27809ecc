using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Grains;
using Orchestrator.Grains.Topics;
using Orchestrator.SiloHosting.Storage;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Hosts the grains on Microsoft Orleans, as a cluster of this one process. Built in the Orleans flavour only.</summary>
internal static class OrleansGrains
{
    public static IServiceCollection AddGrainOptions(this IServiceCollection services) => services;

    public static IServiceCollection AddGrains(this IServiceCollection services) => services.AddOrleans(silo => silo
        .UseLocalhostClustering()
        .AddMemoryGrainStorage("PubSubStore")
        .AddMemoryStreams(TopicStreams.ProviderName)
        .Services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => new StoredGrainState(provider.GetRequiredService<IGrainStateTable>())));
}
