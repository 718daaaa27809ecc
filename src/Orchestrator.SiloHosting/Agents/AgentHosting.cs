using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.BuiltinAgents;
using Orchestrator.Execution.Agents;
using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

internal static class AgentHosting
{
    /// <summary>Declares what ships with the product, then what the configuration adds.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSingleton<IDeclaredAgents>(provider => new DeclaredAgents(
        [
            .. BuiltinAgentCatalog.All.Select(agent => Registration(agent.Descriptor)),
            .. AgentsToConfigure.All(provider.GetRequiredService<IOptions<ModelOptions>>().Value),
            .. provider.GetRequiredService<IOptions<DeclaredAgentsOptions>>().Value.Declared.Select(entry => entry.Value.ToRegistration(entry.Key)),
        ]));
        foreach (var agent in BuiltinAgentCatalog.All)
        {
            services.AddInProcessAgent(
                agent.Descriptor.Name,
                provider => agent.Create(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<BuiltinAgentOptions>>().Value));
        }

        services.AddSingleton<IAgentCalls, AgentCalls>();
        return services.AddAgentTransports().AddModelAgents().AddHostedService<AgentHealthService>();
    }

    private static AgentRegistration Registration(BuiltinAgentDescriptor agent) => new(
        agent.Name,
        AgentKind.Builtin,
        agent.Actions,
        [new AgentInstance(agent.Name)],
        Keywords: agent.Keywords,
        Description: agent.Description);
}
