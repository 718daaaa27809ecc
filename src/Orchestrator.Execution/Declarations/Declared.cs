using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Limits;
using Orchestrator.Decisions.Routes;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Routes;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.Execution.Declarations;

/// <summary>Declarations from a list; of two with one name the later one counts, in the place of the first, so that configuration can change what ships.</summary>
/// <param name="kind">What they are, for people.</param>
/// <param name="complete">Fills in what may be left out.</param>
/// <param name="check">Every rule that one breaks.</param>
public sealed class Declared<T>(string kind, Func<T, string> nameOf, Func<T, T> complete, Func<T, Refusal?> check) : IDeclared<T>
    where T : class
{
    private volatile Arrangement now = new([]);

    public ImmutableArray<T> All => now.All;

    public T? Find(string name) => now.ByName.GetValueOrDefault(name);

    /// <summary>Declares these and no others, from the next question on.</summary>
    /// <exception cref="ArgumentException">A declaration breaks a rule; the message names it and every rule it breaks. What was declared before stays.</exception>
    public Declared<T> Replace(IEnumerable<T> declarations)
    {
        var byName = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var one in declarations.Select(complete))
        {
            byName[nameOf(one)] = check(one) is { } refusal
                ? throw new ArgumentException($"{kind} '{nameOf(one)}' is declared wrongly. {refusal.Message}", nameof(declarations))
                : one;
        }

        now = new(byName);
        return this;
    }

    private sealed class Arrangement(OrderedDictionary<string, T> byName)
    {
        public OrderedDictionary<string, T> ByName => byName;

        public ImmutableArray<T> All { get; } = [.. byName.Values];
    }
}

/// <summary>The kinds of things that a host declares, each with its rules.</summary>
public static class Declared
{
    public static Declared<AgentRegistration> Agents(IEnumerable<AgentRegistration> agents) =>
        new Declared<AgentRegistration>("Agent", agent => agent.Name, AgentRules.Complete, AgentRules.Check).Replace(agents);

    public static Declared<Limit> Limits(IEnumerable<Limit> limits) => new Declared<Limit>("Limit", limit => limit.Name, LimitRules.Complete, LimitRules.Check).Replace(limits);

    public static Declared<Route> Routes(IEnumerable<Route> routes) => new Declared<Route>("Route", route => route.Name, RouteRules.Complete, RouteRules.Check).Replace(routes);

    public static Declared<Subscription> Subscriptions(IEnumerable<Subscription> subscriptions) =>
        new Declared<Subscription>("Subscription", subscription => subscription.Name, SubscriptionRules.Complete, SubscriptionRules.Check).Replace(subscriptions);
}
