using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Stores;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>The store that several processes may share.</summary>
internal static class SharedStore
{
    /// <summary>Makes it without asking the database anything: that is for <see cref="StoreService"/>, which waits for one that is away.</summary>
    /// <param name="folder">A data folder that this process has taken, if any: of all on this machine only one process at a time has it, so it tells its starts from others'.</param>
    public static IStore Make(IServiceProvider provider, DataFolder? folder) => new PostgresStore(
        provider.GetRequiredService<IOptions<PostgresOptions>>().Value,
        provider.GetRequiredService<IOptions<ClusterOptions>>().Value.Name ?? (folder is null ? Environment.MachineName : $"{Environment.MachineName}:{folder.Path}"),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<Random>(),
        provider.GetRequiredService<ILoggerFactory>(),
        alone: !GrainRuntime.SpansProcesses);
}
