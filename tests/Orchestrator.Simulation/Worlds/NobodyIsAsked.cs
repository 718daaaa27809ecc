using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Simulation.Worlds;

/// <summary>The agents of these worlds declare no health checks, so nothing asks for one.</summary>
internal sealed class NobodyIsAsked : IHealthProbe
{
    public static readonly NobodyIsAsked Instance = new();

    public ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"Agent instance {instance.Endpoint} was asked for its health, though it declares no check.");
}
