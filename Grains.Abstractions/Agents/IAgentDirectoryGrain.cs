using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>Which agents exist. The key is always <see cref="Key"/>.</summary>
[Alias("agent-directory")]
public interface IAgentDirectoryGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Notes a registration, durably, or refuses one too many with <c>agent.too_many</c>. Called by the agent's own grain; the same again changes nothing.</summary>
    [Alias("note")]
    Task<Refusal?> NoteAsync(AgentRegistration registration, CancellationToken cancellationToken = default);

    [Alias("forget")]
    Task ForgetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All agents by name: the declared ones of this host and the registered ones.</summary>
    [Alias("list")]
    Task<ImmutableArray<AgentRegistration>> ListAsync(CancellationToken cancellationToken = default);
}

/// <summary>Finds the agent a step goes to. Answers from a copy of the directory at most a second old. The key is always <see cref="Key"/>.</summary>
[Alias("router")]
public interface IRouterGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>The candidates for an action, the best first, each with the reason.</summary>
    [Alias("resolve")]
    Task<ImmutableArray<RouteCandidate>> ResolveAsync(RouteRequest request, CancellationToken cancellationToken = default);
}

/// <param name="AgentId">The name the plan gives: an agent's name, or <c>agent-key</c> for the keyed session agent of that type; null to find one by action.</param>
[GenerateSerializer, Immutable, Alias("route-request")]
public sealed record RouteRequest([property: Id(0)] string? AgentId, [property: Id(1)] string Action);

/// <param name="Agent">The name under which its grain is reached.</param>
/// <param name="Key">The session's key, when the plan named a keyed agent.</param>
[GenerateSerializer, Immutable, Alias("route-candidate")]
public sealed record RouteCandidate([property: Id(0)] string Agent, [property: Id(1)] string? Key, [property: Id(2)] string Reason);
