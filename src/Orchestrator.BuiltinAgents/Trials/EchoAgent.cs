using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Trials;

/// <summary>Answers its input, byte for byte.</summary>
internal sealed class EchoAgent : IAgent
{
    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "echo",
        "Answers its input unchanged.",
        Actions: ["echo"],
        Keywords: ["echo"],
        Input: "any JSON value",
        Output: "the same value",
        TakesAnyAction: true);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken) => new(AgentAnswer.Ok(request.Input));
}
