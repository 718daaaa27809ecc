using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.BuiltinAgents;
using Orchestrator.Execution.Agents;
using Orchestrator.Grains.Agents;
using Orchestrator.SiloHosting.Routes;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

internal static class AgentHosting
{
    /// <summary>Declares what ships with the product, then what the configuration adds.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSingleton<IDeclaredAgents>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DeclaredAgentsOptions>>().Value;
            return new DeclaredAgents(
            [
                .. BuiltinAgentCatalog.All.Select(agent => Registration(agent.Descriptor, options.Defaults)),
                .. AgentsToConfigure.All(provider.GetRequiredService<IOptions<ModelOptions>>().Value).Select(options.Defaults.ApplyTo),
                .. RouteHosting.Agents(provider.GetRequiredService<IOptions<DeclaredRoutesOptions>>().Value, options.Defaults),
                .. options.Declared.Select(entry => entry.Value.ToRegistration(entry.Key, options.Defaults)),
            ]);
        });
        foreach (var agent in BuiltinAgentCatalog.All)
        {
            services.AddInProcessAgent(
                agent.Descriptor.Name,
                provider => agent.Create(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<BuiltinAgentOptions>>().Value));
        }

        services.AddSingleton<IAgentCalls, AgentCalls>();
        return services.AddAgentTransports().AddModelAgents().AddHostedService<AgentHealthService>();
    }

    private static AgentRegistration Registration(BuiltinAgentDescriptor agent, AgentDefaults defaults) => defaults.ApplyTo(new AgentRegistration(
        agent.Name,
        AgentKind.Builtin,
        agent.Actions,
        [new AgentInstance(agent.Name)],
        defaults.Concurrency,
        defaults.PerMinute is { } rate ? new RateLimit(rate, defaults.Burst) : null,
        Keywords: agent.Keywords,
        Description: agent.Description));
}
