using System.Collections.Immutable;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Grains.Routing;

/// <summary>Finds the agents that steps, tasks and requests go to. Answers from copies of the directory and the routes at most a second old. The key is always <see cref="Key"/>.</summary>
[Alias("router")]
public interface IRouterGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>The candidates for a step's action, the best first, each with the reason.</summary>
    [Alias("resolve")]
    Task<ImmutableArray<RouteCandidate>> ResolveAsync(RouteRequest request, CancellationToken cancellationToken = default);

    /// <summary>Where a request goes and why. Runs nothing; may ask a model, which takes as long as the router's patience with it.</summary>
    [Alias("decide")]
    Task<RoutingDecision> DecideAsync(RoutingQuery query, CancellationToken cancellationToken = default);
}

/// <param name="AgentId">The name the plan gives: an agent's name, or <c>agent-key</c> for the keyed session agent of that type; null to find one by action.</param>
[GenerateSerializer, Immutable, Alias("route-request")]
public sealed record RouteRequest([property: Id(0)] string? AgentId, [property: Id(1)] string Action);

/// <param name="Agent">The name under which its grain is reached.</param>
/// <param name="Key">The session's key, when the plan named a keyed agent.</param>
[GenerateSerializer, Immutable, Alias("route-candidate")]
public sealed record RouteCandidate([property: Id(0)] string Agent, [property: Id(1)] string? Key, [property: Id(2)] string Reason);

/// <summary>What to route: exactly one of pattern, capability and request is set.</summary>
/// <param name="Strategy">For a request: who is heard; null for the router's own strategy.</param>
[GenerateSerializer, Immutable, Alias("routing-query")]
public sealed record RoutingQuery(
    [property: Id(0)] string? Pattern = null,
    [property: Id(1)] string? Capability = null,
    [property: Id(2)] RoutingRequest? Request = null,
    [property: Id(3)] RoutingStrategy? Strategy = null);
