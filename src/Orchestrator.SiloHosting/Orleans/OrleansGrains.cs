using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Grains;
using Orchestrator.Grains.Topics;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Storage;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Hosts the grains on Microsoft Orleans. Built in the Orleans flavour only.</summary>
internal static class OrleansGrains
{
    public static IServiceCollection AddGrainOptions(this IServiceCollection services) => services;

    public static IServiceCollection AddGrains(this IServiceCollection services, ProcessRole role)
    {
        if (role.Cluster.Role == ClusterRole.Silo)
        {
            services.AddClusterEntrance();
        }

        return services.AddOrleans(silo => silo.Host(role));
    }

    private static void Host(this ISiloBuilder silo, ProcessRole role)
    {
        silo.Services.AddClusterSettings();
        silo.Services.AddSingleton<IOutgoingGrainCallFilter, RejectedCalls>();
        silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (provider, _) => new StoredGrainState(provider.GetRequiredService<IGrainStateTable>()));
        if (role.Cluster.Role == ClusterRole.Silo)
        {
            silo.JoinCluster(role.Cluster);
        }
        else
        {
            silo.StayAlone();
        }

        if (role.Dashboard)
        {
            silo.AddOperatorDashboard();
        }
    }

    /// <summary>A cluster of one, heard on loopback at ports that nobody else uses: several may run on one machine.</summary>
    private static void StayAlone(this ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(FreePort(), FreePort());
        silo.UseInMemoryReminderService();
        silo.AddMemoryGrainStorage(StreamStore);
        silo.AddMemoryStreams(TopicStreams.ProviderName);
    }

    /// <summary>Where Orleans keeps who listens to which stream.</summary>
    public const string StreamStore = "PubSubStore";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
