using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Trials;

/// <summary>Waits for as long as its input says, by the given clock, and then answers.</summary>
internal sealed class SlowAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "slow",
        "Waits a given time and answers the given value.",
        Actions: ["slow"],
        Keywords: ["slow", "wait"],
        Input: "delayMs: integer = 1000 — how long to wait\nvalue: any = null — what to answer",
        Output: "waitedMs: integer\nvalue: any",
        TakesAnyAction: true);

    public async ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var delay = input.Integer("delayMs", 1_000, min: 0, max: (int)options.SlowDelayMax.TotalMilliseconds);
        if (input.Refusal is { } refusal)
        {
            return refusal;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(delay), clock, cancellationToken);
        return AgentJson.Answer(new Output(delay, input.Find("value")));
    }

    private sealed record Output(int WaitedMs, JsonElement? Value);
}
