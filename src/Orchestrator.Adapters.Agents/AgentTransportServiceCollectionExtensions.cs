using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.InProcess;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Routing;

namespace Orchestrator.Adapters.Agents;

public static class AgentTransportServiceCollectionExtensions
{
    /// <summary>Adds the ways in which agents are called: in this process and over HTTP.</summary>
    /// <remarks>
    /// .NET agents are found as registered <see cref="NamedAgent"/>s. Hosts bind <see cref="AgentCallOptions"/> and <see cref="OutboundOptions"/> to their
    /// configuration; a simulation registers its own <see cref="IAgentExecutor"/> and <see cref="IHostResolver"/> before this.
    /// </remarks>
    public static IServiceCollection AddAgentTransports(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AgentCallOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<OutboundOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IAgentExecutor, PoolAgentExecutor>();
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.TryAddSingleton<InProcessAgents>();
        services.TryAddSingleton<OutboundHttp>();
        services.AddOptions<CredentialOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<AccessTokens>();
        services.TryAddSingleton<AgentAuthorization>();
        services.TryAddSingleton<IHealthProbe, HttpHealthProbe>();
        services.AddSingleton<IAgentTransport, InProcessAgentTransport>();
        services.AddSingleton<IAgentTransport, HttpAgentTransport>();
        return services;
    }

    /// <summary>Adds agents that are language models, and the model that routes requests. Needs an <see cref="IAgentCalls"/> and the <see cref="IDeclared{T}"/> besides what <see cref="AddAgentTransports"/> adds.</summary>
    public static IServiceCollection AddModelAgents(this IServiceCollection services)
    {
        services.AddOptions<ModelOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ModelKeys>();
        services.AddSingleton<IAgentTransport, ModelAgentTransport>();
        services.TryAddSingleton<IRouteJudge, ModelRouteJudge>();
        return services;
    }

    /// <summary>Adds a .NET agent. Its name is the endpoint of the instance that is declared for it, which by default is the declared agent's name.</summary>
    public static IServiceCollection AddInProcessAgent(this IServiceCollection services, string name, Func<IServiceProvider, IAgent> create) =>
        services.AddSingleton(provider => new NamedAgent(name, create(provider)));
}
