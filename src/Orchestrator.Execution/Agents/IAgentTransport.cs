using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Execution.Agents;

/// <summary>Carries one attempt to one instance of an agent and brings back its answer. One call is one request: it never retries.</summary>
public interface IAgentTransport
{
    AgentKind Kind { get; }

    /// <remarks>
    /// Failures of the outside are answers (<see cref="AgentAnswer.Failed"/>), not exceptions. When <paramref name="cancellationToken"/> fires, the call is
    /// given up and throws <see cref="OperationCanceledException"/>; the agent may have done the work all the same.
    /// </remarks>
    ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken);
}
