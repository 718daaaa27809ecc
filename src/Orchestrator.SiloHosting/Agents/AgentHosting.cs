using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.BuiltinAgents;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Agents;
using Orchestrator.SiloHosting.Routes;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

internal static class AgentHosting
{
    /// <summary>Declares what ships with the product, then what the configuration adds.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<DeclaredAgentsOptions>, DeclarationsAreUsable>();
        services.AddSingleton<IDeclared<AgentRegistration>>(provider =>
        {
            var agents = provider.GetRequiredService<IOptionsMonitor<DeclaredAgentsOptions>>();
            var routes = provider.GetRequiredService<IOptionsMonitor<DeclaredRoutesOptions>>();
            var models = provider.GetRequiredService<IOptions<ModelOptions>>().Value;
            var given = provider.GetServices<GivenAgent>().ToList();
            var declared = Declared.Agents(Agents(agents.CurrentValue, routes.CurrentValue, models, given));
            agents.OnChange(now => declared.Replace(Agents(now, routes.CurrentValue, models, given)));
            routes.OnChange(now => declared.Replace(Agents(agents.CurrentValue, now, models, given)));
            return declared;
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

    private static IEnumerable<AgentRegistration> Agents(DeclaredAgentsOptions agents, DeclaredRoutesOptions routes, ModelOptions models, IEnumerable<GivenAgent> given) =>
    [
        .. BuiltinAgentCatalog.All.Select(agent => Registration(agent.Descriptor, agents.Defaults)),
        .. AgentsToConfigure.All(models).Select(agents.Defaults.ApplyTo),
        .. RouteHosting.Agents(routes, agents.Defaults),
        .. given.Select(agent => Registration(agent, agents.Defaults)),
        .. agents.Declared.Select(entry => entry.Value.ToRegistration(entry.Key, agents.Defaults)),
    ];

    private static AgentRegistration Registration(BuiltinAgentDescriptor agent, AgentDefaults defaults) => defaults.ApplyTo(new AgentRegistration(
        agent.Name,
        AgentKind.Builtin,
        agent.Actions,
        [new AgentInstance(agent.Name)],
        defaults.Concurrency,
        defaults.PerMinute is { } rate ? new RateLimit(rate, defaults.Burst) : null,
        Keywords: agent.Keywords,
        Description: agent.Description));

    private static AgentRegistration Registration(GivenAgent agent, AgentDefaults defaults) => defaults.ApplyTo(new AgentRegistration(
        agent.Name,
        AgentKind.Builtin,
        agent.Actions,
        [new AgentInstance(agent.Name)],
        agent.Concurrency ?? defaults.Concurrency,
        defaults.PerMinute is { } rate ? new RateLimit(rate, defaults.Burst) : null,
        Description: agent.Description));

    /// <summary>Refuses at the start, and before a change is taken over, what no agent can be.</summary>
    private sealed class DeclarationsAreUsable : IValidateOptions<DeclaredAgentsOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeclaredAgentsOptions options)
        {
            var problems = options.Declared
                .Select(entry => AgentRules.Check(AgentRules.Complete(entry.Value.ToRegistration(entry.Key, options.Defaults))) is { } refusal
                    ? $"{DeclaredAgentsOptions.Section}:Declared:{entry.Key}: {refusal.Message}"
                    : null)
                .OfType<string>()
                .ToList();
            return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
