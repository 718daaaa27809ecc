using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Execution.Stores;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>The store that several processes may share.</summary>
internal static class SharedStore
{
    /// <summary>Makes it without asking the database anything: that is for <see cref="StoreService"/>, which waits for one that is away.</summary>
    public static IStore Make(IServiceProvider provider) => new PostgresStore(
        provider.GetRequiredService<IOptions<PostgresOptions>>().Value,
        provider.GetRequiredService<IOptions<ClusterOptions>>().Value.Name ?? Environment.MachineName,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<Random>(),
        provider.GetRequiredService<ILoggerFactory>());
}
