using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Orchestrator.Runtime.Contracts.Hosts;

/// <summary>Three silos of Microsoft Orleans in this process, on the machine's clock.</summary>
public sealed class ClusterHost : IAsyncLifetime
{
    public const int Size = 3;

    private readonly InProcessTestCluster cluster;

    public ClusterHost()
    {
        var builder = new InProcessTestClusterBuilder(Size);
        (builder.Options.ConfigureFileLogging, builder.Options.InitializeClientOnDeploy) = (false, false);
        builder.ConfigureSilo((_, silo) => silo
            .AddMemoryGrainStorageAsDefault()
            .AddMemoryGrainStorage("ledger")
            .AddMemoryGrainStorage("PubSubStore")
            .AddMemoryStreams("events")
            .Configure<ClusterMembershipOptions>(members =>
            {
                // A silo that is killed counts as dead after two probes, by the word of any other.
                (members.ProbeTimeout, members.NumMissedProbesLimit, members.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(1), 2, 1);
                members.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            })
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(15)));
        cluster = builder.Build();
    }

    /// <summary>How long a test waits for what a cluster does on its own, such as noticing a death.</summary>
    public static TimeSpan Patience => TimeSpan.FromMinutes(1);

    public Task InitializeAsync() => cluster.DeployAsync();

    public async Task DisposeAsync()
    {
        await cluster.StopAllSilosAsync();
        await cluster.DisposeAsync();
    }

    public IReadOnlyList<string> Names => [.. cluster.Silos.Select(silo => silo.Name)];

    /// <summary>Calls from inside a silo, as its own grains do.</summary>
    public IClusterClient From(string silo) => Silo(silo).ServiceProvider.GetRequiredService<IClusterClient>();

    /// <summary>Stops a silo in good order.</summary>
    public Task StopAsync(string silo) => cluster.StopSiloAsync(Silo(silo));

    /// <summary>Ends a silo with nothing put in order.</summary>
    public Task KillAsync(string silo) => cluster.KillSiloAsync(Silo(silo));

    private InProcessSiloHandle Silo(string name) => cluster.Silos.Single(silo => silo.Name == name);
}
