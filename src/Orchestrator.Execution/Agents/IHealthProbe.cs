using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Execution.Agents;

/// <summary>Asks one instance of an agent whether it is well.</summary>
public interface IHealthProbe
{
    /// <summary>Whether it answered the check with 2xx in time. Whatever else happens is no: failures of the outside are no exceptions.</summary>
    ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken);
}
