using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Ours = Orchestrator.SiloHosting.Cluster.ClusterOptions;
using Theirs = Orleans.Configuration.ClusterOptions;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Says to Orleans in its words what <see cref="Ours"/> says in ours.</summary>
internal static class ClusterSettings
{
    /// <summary>Times between two signs of life of a silo in the table, in probes. A newcomer ignores members that gave none for three times as long.</summary>
    private const int ProbesPerSignOfLife = 5;

    private static readonly TimeSpan MembersReadEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DeadKeptFor = TimeSpan.FromDays(1);
    private static readonly TimeSpan IdleLookedForEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan GatewaysReadEvery = TimeSpan.FromSeconds(5);

    /// <summary>Ids and times that silos and front ends have in common.</summary>
    public static void AddClusterSettings(this IServiceCollection services)
    {
        services.AddOptions<Theirs>().Configure<IOptions<Ours>>((theirs, ours) =>
        {
            theirs.ClusterId = ours.Value.ClusterId;
            theirs.ServiceId = ours.Value.ServiceId;
        });
        services.AddOptions<SiloMessagingOptions>().Configure<IOptions<Ours>>((messages, ours) => messages.ResponseTimeout = ours.Value.CallPatience);
        services.AddOptions<ClientMessagingOptions>().Configure<IOptions<Ours>>((messages, ours) => messages.ResponseTimeout = ours.Value.CallPatience);
        services.AddOptions<GrainCollectionOptions>().Configure(idle => idle.CollectionQuantum = IdleLookedForEvery);
        services.AddOptions<GatewayOptions>().Configure(gateways => gateways.GatewayListRefreshPeriod = GatewaysReadEvery);
    }

    /// <summary>Where a silo is, and how silos watch each other.</summary>
    public static void AddMemberSettings(this IServiceCollection services)
    {
        services.AddOptions<SiloOptions>().Configure<IOptions<Ours>>((silo, ours) => silo.SiloName = ours.Value.Name ?? Environment.MachineName);
        services.AddOptions<EndpointOptions>().Configure<IOptions<Ours>>((endpoints, ours) =>
        {
            endpoints.SiloPort = ours.Value.SiloPort;
            endpoints.GatewayPort = ours.Value.GatewayPort;
            if (ours.Value.AdvertisedAddress is { } address)
            {
                endpoints.AdvertisedIPAddress = IPAddress.Parse(address);
            }
        });
        services.AddOptions<ClusterMembershipOptions>().Configure<IOptions<Ours>>((members, ours) =>
        {
            members.ProbeTimeout = ours.Value.ProbeEvery;
            members.NumMissedProbesLimit = ours.Value.ProbesMissedMax;
            members.NumVotesForDeathDeclaration = ours.Value.VotesNeeded;
            members.MaxJoinAttemptTime = ours.Value.JoinPatience;
            members.IAmAliveTablePublishTimeout = ours.Value.ProbeEvery * ProbesPerSignOfLife;
            members.TableRefreshTimeout = MembersReadEvery;
            members.DefunctSiloExpiration = DeadKeptFor;
        });
    }
}
