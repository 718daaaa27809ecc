using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grains.Topics;
using Orchestrator.SiloHosting.Cluster;
using Orleans.Hosting;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Makes this process a silo among silos, which find each other in the store they share.</summary>
internal static class ClusterMember
{
    /// <summary>Queues that carry messages of streams; as many silos at most read them at the same time.</summary>
    private const int StreamQueues = 4;

    /// <summary>To be added before the silo itself: services start in the order in which they were added.</summary>
    public static void AddClusterEntrance(this IServiceCollection services) => services.AddSingleton<ClusterDatabase>().AddHostedService<ClusterEntrance>();

    public static void JoinCluster(this ISiloBuilder silo, ClusterOptions cluster)
    {
        silo.Services.AddMemberSettings();
        silo.UseAdoNetClustering(members => members.Configure<ClusterDatabase>((options, database) =>
        {
            options.Invariant = ClusterDatabase.Provider;
            options.ConnectionString = database.ConnectionString;
        }));
        silo.UseAdoNetReminderService(reminders => reminders.Configure<ClusterDatabase>((options, database) =>
        {
            options.Invariant = ClusterDatabase.Provider;
            options.ConnectionString = database.ConnectionString;
        }));
        silo.AddAdoNetGrainStorage(OrleansGrains.StreamStore, records => records.Configure<ClusterDatabase>((options, database) =>
        {
            options.Invariant = ClusterDatabase.Provider;
            options.ConnectionString = database.ConnectionString;
            options.DeleteStateOnClear = true;
        }));
        silo.AddAdoNetStreams(TopicStreams.ProviderName, streams =>
        {
            streams.ConfigureAdoNet(queues => queues.Configure<ClusterDatabase>((options, database) =>
            {
                options.Invariant = ClusterDatabase.Provider;
                options.ConnectionString = database.ConnectionString;
            }));
            streams.ConfigurePartitioning(StreamQueues);
        });
        silo.Services.AddHealthChecks().AddCheck<SiloHasJoined>("cluster", tags: [Health.SiloHealth.Startup, Health.SiloHealth.Ready]);
        if (cluster.Tls.IsOn)
        {
            var certificates = ClusterCertificates.Read(cluster.Tls);
            silo.UseTls(certificates.Apply);
        }
    }
}
