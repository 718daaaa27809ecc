using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Inputs;

/// <summary>The answer to a request that an agent of the same name might well do, and ours cannot.</summary>
internal static class ServiceInItsPlace
{
    /// <summary>Null where the request has something of what the agent reads, or nothing at all: then what is missing is said field by field.</summary>
    /// <param name="does">What the agent does, for people.</param>
    /// <param name="needs">What more would need, such as "a service that makes images".</param>
    public static AgentAnswer? For(AgentInput input, BuiltinAgentDescriptor descriptor, string does, string needs, params ReadOnlySpan<string> fields) =>
        input.AsksForSomethingElse(fields)
            ? AgentAnswer.Fail(
                AgentFailures.NotConfigured,
                $"{descriptor.Name} {does}. What this request asks for needs {needs}: declare one in its place under Agents:Declared:{descriptor.Name} with its endpoints, or register it with PUT /api/v1/agents/{descriptor.Name}.")
            : null;
}
