namespace Orchestrator.Simulation.Agents;

/// <summary>One call as its agent saw it.</summary>
internal sealed record AgentCall(string Agent, string Workflow, string Step, int Attempt, string Key, DateTimeOffset At, string Silo);

/// <summary>Hears what agents see. Checkers throw from here.</summary>
internal interface IAgentWitness
{
    void Called(AgentCall call);

    /// <summary>The agent has answered, or its caller's connection is gone.</summary>
    void Ended(AgentCall call);
}
