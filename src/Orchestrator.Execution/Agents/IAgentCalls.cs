using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Execution.Agents;

/// <summary>How an agent asks other agents while it works, within the limits that every caller of those agents has.</summary>
public interface IAgentCalls
{
    /// <summary>What can be asked of the agents of these names. Those that are unknown or disabled are left out.</summary>
    Task<ImmutableArray<AgentRegistration>> FindAsync(ImmutableArray<string> names, CancellationToken cancellationToken);

    /// <summary>Asks one agent, once.</summary>
    /// <remarks>
    /// The call has a place at the agent like any other: its concurrency, rate and breakers count it. It waits for that place within the attempt that
    /// asks, for a bounded time; without one it fails with <c>agent.busy</c>. Nothing of it is journaled: when the attempt is made again, it is
    /// made again, under the same idempotency key where it asks for the same.
    /// </remarks>
    /// <param name="on">The call on whose behalf this one is made.</param>
    Task<AgentAnswer> CallAsync(AgentRequest on, string agent, string action, Payload input, CancellationToken cancellationToken);
}
