using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>The way from what a step asks for to the agents that can do it.</summary>
/// <remarks>
/// A name wins: the agent of exactly that name, else the one whose name is the longest beginning of it that ends before a '-' (the rest is a
/// session's key). Without a name every agent with the action among its capabilities is a candidate, those that can be called before those that are disabled, the most specialised first, then by name,
/// so that the same question always has the same answer.
/// </remarks>
public sealed class AgentRoutes
{
    private readonly Dictionary<string, AgentRegistration> byName;
    private readonly Dictionary<string, ImmutableArray<AgentRegistration>> byAction;

    public AgentRoutes(IEnumerable<AgentRegistration> agents)
    {
        byName = agents.ToDictionary(agent => agent.Name, StringComparer.Ordinal);
        byAction = byName.Values
            .SelectMany(agent => agent.Capabilities.Distinct(StringComparer.Ordinal).Select(action => (action, agent)))
            .GroupBy(pair => pair.action, pair => pair.agent, StringComparer.Ordinal)
            .ToDictionary(
                able => able.Key,
                able => able.OrderBy(agent => agent.Disabled is null ? 0 : 1).ThenBy(agent => agent.Capabilities.Length).ThenBy(agent => agent.Name, StringComparer.Ordinal).ToImmutableArray(),
                StringComparer.Ordinal);
    }

    /// <summary>A candidate and why it is one.</summary>
    public readonly record struct Route(string Agent, string? Key, string Reason);

    public ImmutableArray<Route> Resolve(string? agentId, string action) =>
        agentId is null ? ByAction(action) : ByName(agentId) is { } route ? [route] : [];

    private Route? ByName(string agentId)
    {
        if (byName.ContainsKey(agentId))
        {
            return new Route(agentId, null, $"The plan names agent '{agentId}'.");
        }

        for (var dash = agentId.LastIndexOf('-'); dash > 0; dash = agentId.LastIndexOf('-', dash - 1))
        {
            var name = agentId[..dash];
            if (byName.ContainsKey(name))
            {
                return new Route(name, agentId[(dash + 1)..], $"The plan names '{agentId}', which is agent '{name}' for key '{agentId[(dash + 1)..]}'.");
            }
        }

        return null;
    }

    private ImmutableArray<Route> ByAction(string action) =>
        byAction.TryGetValue(action, out var able)
            ? [.. able.Select((agent, index) => new Route(agent.Name, null, Reason(agent, action, index, able.Length)))]
            : [];

    private static string Reason(AgentRegistration agent, string action, int index, int count) =>
        $"Agent '{agent.Name}' can '{action}'; {index + 1} of {count}, ordered by how few other things each can do ({agent.Capabilities.Length - 1}) and by name.";
}
