using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Orchestrator.Decisions.Routes;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Execution.Routes;

/// <summary>The routes this host declares, in their order: those that ship with the product and those of its configuration.</summary>
/// <remarks>They may change while the process runs. A route stored under the same name takes a declared one's place until it is removed.</remarks>
public interface IDeclaredRoutes
{
    ImmutableArray<Route> All { get; }
}

/// <summary>Declared routes from a list; of two with the same name the later one counts, in the place of the first.</summary>
public sealed class DeclaredRoutes : IDeclaredRoutes
{
    private volatile StrongBox<ImmutableArray<Route>> all;

    /// <inheritdoc cref="Replace"/>
    public DeclaredRoutes(IEnumerable<Route> routes) => all = Arrange(routes);

    public ImmutableArray<Route> All => all.Value;

    /// <summary>Declares these routes and no others, from the next question on.</summary>
    /// <exception cref="ArgumentException">A declaration breaks a rule; the message names the route and every rule it breaks. What was declared before stays.</exception>
    public void Replace(IEnumerable<Route> routes) => all = Arrange(routes);

    private static StrongBox<ImmutableArray<Route>> Arrange(IEnumerable<Route> routes)
    {
        var arranged = new List<Route>();
        foreach (var route in routes.Select(RouteRules.Complete))
        {
            if (RouteRules.Check(route) is { } refusal)
            {
                throw new ArgumentException($"Route '{route.Name}' is declared wrongly. {refusal.Message}", nameof(routes));
            }

            var at = arranged.FindIndex(other => other.Name == route.Name);
            if (at < 0)
            {
                arranged.Add(route);
            }
            else
            {
                arranged[at] = route;
            }
        }

        return new([.. arranged]);
    }
}
