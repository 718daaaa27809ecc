using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Stores;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>The store in the data folder.</summary>
internal static class EmbeddedStore
{
    public static IStore Open(IServiceProvider provider, DataFolder? folder) => SqliteStore.Open(
        folder ?? throw new InvalidOperationException("The embedded store needs a data folder that this process has taken, and was given none."),
        provider.GetRequiredService<IOptions<SqliteOptions>>().Value,
        provider.GetRequiredService<TimeProvider>());
}
