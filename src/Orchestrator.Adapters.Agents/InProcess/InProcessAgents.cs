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
            if (!found.TryAdd(agent.Name, new Ready(agent.Agent)))
            {
                throw new ArgumentException($"Two .NET agents are called '{agent.Name}'.", nameof(agents));
            }
        }

        byName = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IAgent? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>An agent that is made ready once, whoever calls it first.</summary>
    private sealed class Ready(IAgent agent) : IAgent
    {
        private readonly Lock turn = new();
        private Task? initialized;

        public async ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
        {
            await InitializedAsync().WaitAsync(cancellationToken);
            return await agent.HandleAsync(request, cancellationToken);
        }

        // Not cancelled with the call that happened to be the first: others wait for it too.
        private Task InitializedAsync()
        {
            lock (turn)
            {
                return initialized is null or { IsFaulted: true } or { IsCanceled: true } ? initialized = agent.InitializeAsync(CancellationToken.None).AsTask() : initialized;
            }
        }
    }
}

/// <summary>A .NET agent and the name under which it is declared.</summary>
public sealed record NamedAgent(string Name, IAgent Agent);
