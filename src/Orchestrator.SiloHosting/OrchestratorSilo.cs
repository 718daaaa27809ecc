using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Ids;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Health;
using Orchestrator.SiloHosting.Local;
using Orchestrator.SiloHosting.Storage;
using Orchestrator.SiloHosting.Workflows;

namespace Orchestrator.SiloHosting;

/// <summary>Puts a silo together: grains, store, agents, limits, and the services that keep them moving.</summary>
public static class OrchestratorSilo
{
    /// <summary>Makes this process a silo on a data folder that it has taken. Everything else is read from the configuration.</summary>
    /// <remarks>
    /// The store is opened when the host starts and closed after the last grain has gone; the folder itself stays with its owner. The host fails to start
    /// with <c>StoreRefusedException</c> or <c>StorageUnavailableException</c> when the folder's store cannot be used.
    /// </remarks>
    public static IServiceCollection AddOrchestratorSilo(this IServiceCollection services, DataFolder folder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Random, SecureRandom>();
        services.TryAddSingleton<IIdSource, UuidV7Source>();
        services.AddMetrics();
        services.AddLimits();

        // Hosts stop services in the opposite order: first nothing new is woken, then grains finish, then the store closes.
        services.AddSqliteStore(folder);
        services.AddGrains();
        services.AddSingleton<IWorkflowWaker, GrainWaker>();
        services.AddSingleton<SweepJournal>();
        services.AddHostedService<SweeperService>();
        services.AddSiloHealth();
        return services;
    }

    private static void AddLimits(this IServiceCollection services)
    {
        services.AddValidatedOptions<DataOptions>();
        services.AddValidatedOptions<SqliteOptions>();
        services.AddValidatedOptions<WorkflowOptions>();
        services.AddValidatedOptions<WorkflowGrainOptions>();
        services.AddValidatedOptions<SweepOptions>();
        services.AddSingleton<WorkflowPolicy>(provider => provider.GetRequiredService<IOptions<WorkflowOptions>>().Value.ToPolicy());
    }
}
