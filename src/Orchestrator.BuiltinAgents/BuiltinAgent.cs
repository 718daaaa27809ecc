using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents;

/// <summary>A built-in agent: what it is, and how one is made.</summary>
/// <param name="Create">
/// Makes the agent. It keeps nothing between calls, but for the caching agent, whose work that is; it may be called by several steps at the same time, and computes on the
/// thread of its caller, up to a few seconds on the largest text allowed: call it away from any turn that must not wait.
/// </param>
public sealed record BuiltinAgent(BuiltinAgentDescriptor Descriptor, Func<TimeProvider, BuiltinAgentOptions, IAgent> Create);
