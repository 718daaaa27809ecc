using System.Collections.Immutable;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Decisions.Routing;

/// <summary>How requests in words find their agents.</summary>
/// <param name="Substring">Keywords count inside words too.</param>
/// <param name="FallbackAgents">Those that take what nothing spoke for.</param>
/// <param name="CandidatesMax">Agents that a model is told of; those with the most speaking for them first.</param>
public sealed record RoutingPolicy(RoutingStrategy Strategy, bool Substring, ImmutableArray<string> FallbackAgents, int CandidatesMax)
{
    public static RoutingPolicy Default { get; } = new(RoutingStrategy.Hybrid, Substring: false, ["chat_agent"], CandidatesMax: 50);
}
