using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>An instance as its desk knows it.</summary>
/// <param name="CheckedAt">When its health was last asked for; null when it is not, or not yet.</param>
/// <param name="AverageSeconds">Of its latest calls; null before the first.</param>
/// <param name="SuccessRate">Of its latest calls, 0 to 1; null before the first.</param>
public readonly record struct InstanceStanding(
    AgentInstance Instance, int CallsOut, BreakerCopy Breaker, bool Healthy, DateTimeOffset? CheckedAt, double? AverageSeconds, double? SuccessRate);
