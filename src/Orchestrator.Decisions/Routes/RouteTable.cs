using System.Collections.Immutable;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Decisions.Routes;

/// <summary>All routes in the order in which they are asked.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<string, Route> byPattern = new(StringComparer.Ordinal);

    /// <param name="routes">Of two enabled ones with the same pattern the earlier one counts.</param>
    public RouteTable(IEnumerable<Route> routes)
    {
        Enabled = [.. routes.Where(route => route.Enabled)];
        foreach (var route in Enabled.Where(route => route.Pattern is not null))
        {
            byPattern.TryAdd(route.Pattern!, route);
        }
    }

    public ImmutableArray<Route> Enabled { get; }

    public IEnumerable<string> Patterns => byPattern.Keys;

    public Route? ByPattern(string pattern) => byPattern.GetValueOrDefault(pattern);

    public Route? ByCapability(string capability) =>
        Enabled.FirstOrDefault(route => route is { Pattern: null, Keywords.IsEmpty: true } && route.Capability == capability);

    /// <summary>Declared routes and stored ones, as one list: a stored one takes the place of the declared one of its name, others follow.</summary>
    public static IEnumerable<Route> Merge(IEnumerable<Route> declared, IReadOnlyCollection<Route> stored)
    {
        var byName = stored.ToDictionary(route => route.Name, StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in declared)
        {
            placed.Add(route.Name);
            yield return byName.GetValueOrDefault(route.Name, route);
        }

        foreach (var route in stored.Where(route => !placed.Contains(route.Name)))
        {
            yield return route;
        }
    }
}
