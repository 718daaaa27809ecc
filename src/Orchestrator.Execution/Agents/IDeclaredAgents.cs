using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Execution.Agents;

/// <summary>The agents this host declares: those that ship with the product and those of its configuration.</summary>
/// <remarks>They may change while the process runs. An agent registered under the same name takes a declared one's place until it is removed.</remarks>
public interface IDeclaredAgents
{
    /// <summary>By name. Another array after each change.</summary>
    ImmutableArray<AgentRegistration> All { get; }

    AgentRegistration? Find(string name);
}

/// <summary>Declared agents from a list; of two with the same name the later one counts, so that configuration can change what ships.</summary>
public sealed class DeclaredAgents : IDeclaredAgents
{
    private volatile Declared declared;

    /// <inheritdoc cref="Replace"/>
    public DeclaredAgents(IEnumerable<AgentRegistration> agents) => declared = new(agents);

    public ImmutableArray<AgentRegistration> All => declared.All;

    public AgentRegistration? Find(string name) => declared.ByName.GetValueOrDefault(name);

    /// <summary>Declares these agents and no others, from the next question on.</summary>
    /// <exception cref="ArgumentException">A declaration breaks a rule; the message names the agent and every rule it breaks. What was declared before stays.</exception>
    public void Replace(IEnumerable<AgentRegistration> agents) => declared = new(agents);

    private sealed class Declared
    {
        public Declared(IEnumerable<AgentRegistration> agents)
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

            ByName = last.ToFrozenDictionary(StringComparer.Ordinal);
            All = [.. last.Values.OrderBy(agent => agent.Name, StringComparer.Ordinal)];
        }

        public FrozenDictionary<string, AgentRegistration> ByName { get; }

        public ImmutableArray<AgentRegistration> All { get; }
    }
}
