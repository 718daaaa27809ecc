using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.SiloHosting.Chaos;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Puts the chosen store behind the ports that everybody else knows.</summary>
internal static class StoreHosting
{
    /// <param name="folder">Null where the store needs none.</param>
    public static void AddStore(this IServiceCollection services, DataFolder? folder)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DataOptions>>().Value.Store switch
        {
            StoreKind.Sqlite => EmbeddedStore.Open(provider, folder),
            StoreKind.Postgres => SharedStore.Make(provider, folder),
            var kind => throw new InvalidOperationException($"There is no store of the kind {kind}."),
        });
        services.AddSingleton(provider => ChaosJournal.Around(
            provider.GetRequiredService<IStore>().Journal,
            provider.GetRequiredService<IOptions<ChaosOptions>>().Value,
            folder?.Path ?? Path.GetFullPath(provider.GetRequiredService<IOptions<DataOptions>>().Value.Folder)));
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Index);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Topics);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().News);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().ApprovalBackfill);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Blobs);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Epoch);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().GrainState);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Reminders);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Audit);
        services.AddSingleton(provider => provider.GetRequiredService<IStore>().Retention(provider.GetRequiredService<IOptions<RetentionOptions>>().Value));
        services.AddHostedService<StoreService>();
        services.AddHostedService<ClockSkewGauge>();
    }
}
