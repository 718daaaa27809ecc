using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Routes;
using Orchestrator.Execution.Declarations;
using Orchestrator.SiloHosting.Agents;
using Orchestrator.SiloHosting.Declarations;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.SiloHosting.Routes;

internal static class RouteHosting
{
    /// <summary>Declares what ships with the product, then what the configuration adds.</summary>
    public static IServiceCollection AddRoutes(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<DeclaredRoutesOptions>, RulesAreUsable>()
        .AddDeclared<DeclaredRoutesOptions, Route>(Routes, Declared.Routes);

    /// <summary>The agents that rules with an endpoint declare: each gets the payload itself as its body (S2-10).</summary>
    public static IEnumerable<AgentRegistration> Agents(DeclaredRoutesOptions options, AgentDefaults defaults) => options.Rules
        .Where(rule => rule is { Endpoint: not null, TargetAgent: not null })
        .GroupBy(rule => rule.TargetAgent!, StringComparer.Ordinal)
        .Select(rules => defaults.ApplyTo(new AgentRegistration(
            rules.Key,
            AgentKind.Http,
            [.. rules.Select(rule => rule.Capability ?? rule.Pattern).OfType<string>().Distinct(StringComparer.Ordinal)],
            [new AgentInstance(rules.First().Endpoint!)],
            defaults.Concurrency,
            defaults.PerMinute is { } rate ? new RateLimit(rate, defaults.Burst) : null,
            Body: BodyShape.Input)));

    private static IEnumerable<Route> Routes(DeclaredRoutesOptions options) =>
        (options.Shipped ? ShippedRoutes.All : []).Concat(options.Rules.Select(rule => rule.ToRoute()));

    /// <summary>Refuses at the start what no request could follow.</summary>
    private sealed class RulesAreUsable : IValidateOptions<DeclaredRoutesOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeclaredRoutesOptions options)
        {
            var problems = options.Rules
                .SelectMany((rule, index) => RouteRules.Problems(RouteRules.Complete(rule.ToRoute())).Select(problem => $"{DeclaredRoutesOptions.Section}:Rules:{index}: {problem.Message}"))
                .Concat(options.Rules
                    .Where(rule => rule is { Endpoint: not null, TargetAgent: not null })
                    .GroupBy(rule => rule.TargetAgent!, StringComparer.Ordinal)
                    .Where(rules => rules.Select(rule => rule.Endpoint).Distinct(StringComparer.Ordinal).Count() > 1)
                    .Select(rules => $"{DeclaredRoutesOptions.Section}:Rules: agent '{rules.Key}' has one endpoint, found {string.Join(" and ", rules.Select(rule => rule.Endpoint).Distinct(StringComparer.Ordinal))}. Give each its own agent."))
                .Concat(Agents(options, new AgentDefaults())
                    .Select(agent => AgentRules.Check(AgentRules.Complete(agent)) is { } refusal ? $"{DeclaredRoutesOptions.Section}:Rules: agent '{agent.Name}': {refusal.Message}" : null)
                    .OfType<string>())
                .ToImmutableArray();
            return problems.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
