using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Callbacks;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.RabbitMq;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.BuiltinAgents;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Ids;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Grains.Completions;
using Orchestrator.Grains.Limits;
using Orchestrator.Grains.Plans;
using Orchestrator.Grains.Queues;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Schedules;
using Orchestrator.Grains.Sessions;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Subscriptions;
using Orchestrator.Grains.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Agents;
using Orchestrator.SiloHosting.Callbacks;
using Orchestrator.SiloHosting.Chaos;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Completions;
using Orchestrator.SiloHosting.Health;
using Orchestrator.SiloHosting.Limits;
using Orchestrator.SiloHosting.Queues;
using Orchestrator.SiloHosting.Routes;
using Orchestrator.SiloHosting.Schedules;
using Orchestrator.SiloHosting.Storage;
using Orchestrator.SiloHosting.Subscriptions;
using Orchestrator.SiloHosting.Topics;
using Orchestrator.SiloHosting.Workflows;

namespace Orchestrator.SiloHosting;

/// <summary>Puts a silo together: grains, store, agents, limits, and the services that keep them moving.</summary>
public static class OrchestratorSilo
{
    /// <summary>Makes this process a silo. Everything that is not given is read from the configuration.</summary>
    /// <remarks>
    /// The store is opened when the host starts and closed after the last grain has gone; the folder itself stays with its owner. The host fails to start
    /// with <c>StoreRefusedException</c> when the store must not be used, and with <c>StorageUnavailableException</c> when the folder's cannot be; it waits for a
    /// database that is away.
    /// </remarks>
    /// <param name="folder">A data folder that this process has taken; null where the store is not in one.</param>
    /// <param name="role">What the process is to others; null for one that is alone.</param>
    public static IServiceCollection AddOrchestratorSilo(this IServiceCollection services, DataFolder? folder, ProcessRole? role = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Random, SecureRandom>();
        services.TryAddSingleton<IIdSource, UuidV7Source>();
        services.AddMetrics();
        services.AddSiloOptions();
        services.AddSingleton<WorkflowPolicy>(provider => provider.GetRequiredService<IOptions<WorkflowOptions>>().Value.ToPolicy() with
        {
            TellsNews = provider.GetRequiredService<IOptions<WorkflowNewsOptions>>().Value.Told,
            TellsSteps = provider.GetRequiredService<IOptions<WorkflowNewsOptions>>().Value is { Told: true, Steps: true },
        });

        // Hosts stop services in the opposite order: first nothing new is woken, then grains finish, then the store closes.
        services.AddStore(folder);
        services.AddAgents();
        services.AddRoutes();
        services.AddLimits();
        services.AddGrains(role ?? ProcessRole.Alone);
        services.AddTopics();
        services.AddCallbacks(folder);
        services.AddCompletions(folder);
        services.AddResultQueue();
        services.AddSubscriptions();
        services.AddSingleton<IWorkflowWaker, GrainWaker>();
        services.AddSingleton<SweepJournal>();
        services.AddHostedService<SweeperService>();
        services.AddHostedService<ApprovalBackfillService>();
        services.AddHostedService<DeclaredSchedulesService>();
        services.AddHostedService<RetentionService>();
        services.AddSingleton<AuditRecord>();
        services.AddHostedService<AuditService>();
        services.AddSiloHealth();
        services.AddSettingsReload();
        return services;
    }

    /// <summary>Makes the silo's settings known without a silo, for whoever wants to check or list them.</summary>
    public static IServiceCollection AddSiloOptions(this IServiceCollection services) => services
        .AddClusterOptions()
        .AddValidatedOptions<DataOptions>()
        .AddValidatedOptions<SqliteOptions>()
        .AddValidatedOptions<PostgresOptions>()
        .AddSingleton<IValidateOptions<DataOptions>, StoreIsReachable>()
        .AddValidatedOptions<WorkflowOptions>()
        .AddValidatedOptions<WorkflowGrainOptions>()
        .AddValidatedOptions<StepGrainOptions>()
        .AddValidatedOptions<AgentGrainOptions>()
        .AddValidatedOptions<BlobOptions>()
        .AddValidatedOptions<PlanCatalogOptions>()
        .AddValidatedOptions<ScheduleGrainOptions>()
        .AddReloadedOptions<DeclaredSchedulesOptions>()
        .AddSingleton<IValidateOptions<DeclaredSchedulesOptions>, DeclaredSchedulesAreUsable>()
        .AddValidatedOptions<TopicGrainOptions>()
        .AddValidatedOptions<TopicRetentionOptions>()
        .AddValidatedOptions<WorkflowNewsOptions>()
        .AddValidatedOptions<SessionGrainOptions>()
        .AddValidatedOptions<SubscriptionOptions>()
        .AddReloadedOptions<DeclaredSubscriptionsOptions>()
        .AddValidatedOptions<CallbackGrainOptions>()
        .AddValidatedOptions<CallbackSendOptions>()
        .AddValidatedOptions<CompletionOptions>()
        .AddValidatedOptions<MessageQueueOptions>()
        .AddValidatedOptions<ResultRelayOptions>()
        .AddSingleton<IValidateOptions<MessageQueueOptions>, ResultsHaveNews>()
        .AddReloadedOptions<DeclaredAgentsOptions>()
        .AddReloadedOptions<DeclaredRoutesOptions>()
        .AddValidatedOptions<ReloadOptions>()
        .AddReloadedOptions<DeclaredLimitsOptions>()
        .AddSingleton<IValidateOptions<DeclaredLimitsOptions>, LimitsAreUsable>()
        .AddValidatedOptions<LimitGrainOptions>()
        .AddValidatedOptions<RoutingOptions>()
        .AddValidatedOptions<AgentCallOptions>()
        .AddValidatedOptions<AgentCallsOptions>()
        .AddValidatedOptions<ModelOptions>()
        .AddValidatedOptions<CredentialOptions>()
        .AddValidatedOptions<OutboundOptions>()
        .AddValidatedOptions<BuiltinAgentOptions>()
        .AddValidatedOptions<RetentionOptions>()
        .AddValidatedOptions<ChaosOptions>()
        .AddValidatedOptions<SweepOptions>()
        .AddValidatedOptions<AuditOptions>()
        .AddGrainOptions();
}
