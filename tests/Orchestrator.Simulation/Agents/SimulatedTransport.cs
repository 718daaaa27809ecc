using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Simulation.Agents;

/// <summary>Carries calls from one silo to the agents of its world.</summary>
internal sealed class SimulatedTransport(SimulatedAgents agents, SiloStart silo) : IAgentTransport
{
    public AgentKind Kind => AgentKind.Http;

    public ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
    {
        // A call that was given up before it was made never leaves the process.
        cancellationToken.ThrowIfCancellationRequested();
        return agents.CallAsync(request, silo.Name, silo.Crashed, cancellationToken);
    }
}
