using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains;
using Orchestrator.Grains.Subscriptions;
using Orchestrator.SiloHosting.Declarations;
using Orchestrator.SiloHosting.Services;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.SiloHosting.Subscriptions;

internal static class SubscriptionHosting
{
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<DeclaredSubscriptionsOptions>, RulesAreUsable>()
        .AddDeclared<DeclaredSubscriptionsOptions, Subscription>(options => options.Rules.Select(rule => rule.ToSubscription().Subscription), Declared.Subscriptions)
        .AddHostedService<SubscriptionService>();

    /// <summary>Has subscriptions act on what is new.</summary>
    private sealed class SubscriptionService(IGrainFactory grains, IOptions<SubscriptionOptions> options, TimeProvider clock, ILogger<SubscriptionService> logger)
        : PeriodicService(clock, logger)
    {
        protected override TimeSpan Every => options.Value.Every;

        protected override string What => "acting on events; they are kept";

        protected override Task TurnAsync(CancellationToken stoppingToken) => grains.SubscriptionTable().DriveAsync(stoppingToken);
    }

    /// <summary>Refuses at the start, and before a change is taken over, what no event could follow.</summary>
    private sealed class RulesAreUsable : IValidateOptions<DeclaredSubscriptionsOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeclaredSubscriptionsOptions options)
        {
            var problems = options.Rules
                .SelectMany((rule, index) => ProblemsOf(rule).Select(problem => $"{DeclaredSubscriptionsOptions.Section}:Rules:{index}: {problem}"))
                .Concat(options.Rules.GroupBy(rule => rule.Name, StringComparer.Ordinal).Where(rules => rules.Count() > 1)
                    .Select(rules => $"{DeclaredSubscriptionsOptions.Section}:Rules: the name '{rules.Key}' stands {rules.Count()} times, where one subscription has it."))
                .ToImmutableArray();
            return problems.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }

        private static IEnumerable<string> ProblemsOf(SubscriptionDeclaration rule)
        {
            var (subscription, problem) = rule.ToSubscription();
            return SubscriptionRules.Problems(SubscriptionRules.Complete(subscription)).Select(found => found.Message).Concat(problem is null ? [] : [problem]);
        }
    }
}
