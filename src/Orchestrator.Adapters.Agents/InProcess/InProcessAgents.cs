using System.Collections.Frozen;
using Orchestrator.Execution.Agents;

namespace Orchestrator.Adapters.Agents.InProcess;

/// <summary>The .NET agents of this process, by the name under which each is declared.</summary>
public sealed class InProcessAgents
{
    private readonly FrozenDictionary<string, IAgent> byName;

    /// <exception cref="ArgumentException">Two agents have the same name.</exception>
    public InProcessAgents(IEnumerable<NamedAgent> agents)
    {
        var found = new Dictionary<string, IAgent>(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            if (!found.TryAdd(agent.Name, agent.Agent))
            {
                throw new ArgumentException($"Two .NET agents are called '{agent.Name}'.", nameof(agents));
            }
        }

        byName = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IAgent? Find(string name) => byName.GetValueOrDefault(name);
}

/// <summary>A .NET agent and the name under which it is declared.</summary>
public sealed record NamedAgent(string Name, IAgent Agent);
