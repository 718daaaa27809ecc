using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Execution.Agents;

/// <summary>The agents this host declares: those that ship with the product and those of its configuration. They never change while the process runs.</summary>
/// <remarks>An agent registered under the same name takes a declared one's place until it is removed.</remarks>
public interface IDeclaredAgents
{
    ImmutableArray<AgentRegistration> All { get; }

    AgentRegistration? Find(string name);
}

/// <summary>Declared agents from a list; of two with the same name the later one counts, so that configuration can change what ships.</summary>
public sealed class DeclaredAgents : IDeclaredAgents
{
    private readonly FrozenDictionary<string, AgentRegistration> byName;

    /// <exception cref="ArgumentException">A declaration breaks a rule; the message names the agent and every rule it breaks.</exception>
    public DeclaredAgents(IEnumerable<AgentRegistration> agents)
    {
        var last = new Dictionary<string, AgentRegistration>(StringComparer.Ordinal);
        foreach (var agent in agents.Select(AgentRules.Complete))
        {
            if (AgentRules.Check(agent) is { } refusal)
            {
                throw new ArgumentException($"Agent '{agent.Name}' is declared wrongly. {refusal.Message}", nameof(agents));
            }

            last[agent.Name] = agent;
        }

        byName = last.ToFrozenDictionary(StringComparer.Ordinal);
        All = [.. last.Values.OrderBy(agent => agent.Name, StringComparer.Ordinal)];
    }

    public ImmutableArray<AgentRegistration> All { get; }

    public AgentRegistration? Find(string name) => byName.GetValueOrDefault(name);
}
