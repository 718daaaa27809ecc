using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Health;
using Orleans.Hosting;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Makes this process a client of the silos, which it finds in the store they share. It reads nothing else there.</summary>
internal static class FrontEnd
{
    public static void AddFrontEnd(this IServiceCollection services, ClusterOptions cluster)
    {
        // The door opens at once and says that nobody is behind it yet, rather than being shut until somebody is: probes and callers get an answer.
        services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        services.AddSingleton<ClusterConnection>();
        services.AddSingleton<IClusterDoor>(provider => provider.GetRequiredService<ClusterConnection>());
        services.AddSingleton<ClusterDatabase>();
        services.AddOrleansClient(client =>
        {
            client.Services.AddClusterSettings();
            client.UseAdoNetClustering(gateways => gateways.Configure<ClusterDatabase>((options, database) =>
            {
                options.Invariant = ClusterDatabase.Provider;
                options.ConnectionString = database.ConnectionString;
            }));
            client.Services.AddSingleton<IClientConnectionRetryFilter, ConnectsForEver>();
            client.Services.AddSingleton<IClusterConnectionStatusObserver>(provider => provider.GetRequiredService<ClusterConnection>());
            client.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>>(provider => provider.GetRequiredService<ClusterConnection>());
            client.Services.AddSingleton<IOutgoingGrainCallFilter, RepeatedCalls>();
            if (cluster.Tls.IsOn)
            {
                var certificates = ClusterCertificates.Read(cluster.Tls);
                client.UseTls(certificates.Apply);
            }
        });
        services.AddHealthChecks().AddCheck<GatewayIsReached>("cluster", tags: [SiloHealth.Startup, SiloHealth.Ready]);
    }

    private sealed class GatewayIsReached(ClusterConnection connection) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
            connection.IsInTouch ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No silo of the cluster can be reached."));
    }
}
