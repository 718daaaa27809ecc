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
