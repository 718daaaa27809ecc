using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Postgres.Cluster;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Cluster;
using Orleans.Configuration;
using ClusterOptions = Orchestrator.SiloHosting.Cluster.ClusterOptions;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Before a silo joins: brings the cluster's tables up to date, and turns away a silo that the others could not reach.</summary>
internal sealed class ClusterEntrance(ClusterDatabase database, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoints) : IHostedService
{
    /// <exception cref="ConfigurationRefusedException">The address to be advertised leads elsewhere on the others' machines.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ClusterSchema.ApplyAsync(database.ConnectionString, cancellationToken);
        var ours = endpoints.Value.AdvertisedIPAddress;
        var members = await ClusterSchema.ReadLiveAddressesAsync(database.ConnectionString, cluster.Value.ClusterId, cancellationToken);
        if (members.FirstOrDefault(theirs => !ClusterRules.CanMeet(ours, IPAddress.Parse(theirs))) is { } stranger)
        {
            throw new ConfigurationRefusedException(
                [$"{ClusterOptions.Section}:{nameof(ClusterOptions.AdvertisedAddress)}: expected an address that silos on other machines reach, as the silo at {stranger} has one, or loopback for all; found {ours}"]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
