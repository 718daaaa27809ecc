using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Journals;
using Orchestrator.SiloHosting.Chaos;

namespace Orchestrator.SiloHosting.Storage;

internal static class StoreHosting
{
    public static void AddSqliteStore(this IServiceCollection services, DataFolder folder)
    {
        services.AddSingleton(folder);
        services.AddSingleton(provider =>
            SqliteStore.Open(folder, provider.GetRequiredService<IOptions<SqliteOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ChaosJournal.Around(
            provider.GetRequiredService<SqliteStore>().Journal, provider.GetRequiredService<IOptions<ChaosOptions>>().Value, folder.Path));
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Index);
        services.AddSingleton(provider => provider.GetRequiredService<SqliteStore>().Epoch);
        services.AddHostedService<StoreService>();
    }

    /// <summary>Opens the store before anything that needs it starts, so that a store that cannot be used ends the start and not the first request.</summary>
    private sealed class StoreService(SqliteStore store, IWorkflowJournal journal) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = journal;
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken) => await store.DisposeAsync();
    }
}
