using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Trials;

/// <summary>Fails the first attempts at a step and then succeeds.</summary>
/// <remarks>It counts by the attempt's number, not by memory, so the same attempt gives the same answer before and after a crash.</remarks>
internal sealed class FlakyAgent(BuiltinAgentOptions options) : IAgent
{
    private const int FailuresMax = 1_000;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "flaky",
        "Fails the first attempts at a step, then answers the given value.",
        Actions: ["flaky"],
        Keywords: ["flaky", "retry"],
        Input: "failures: integer = 1 — attempts that fail\nretryable: boolean = true — whether a failure may be tried again\nvalue: any = null — what to answer in the end",
        Output: "attempt: integer — the attempt that succeeded\nvalue: any",
        TakesAnyAction: true);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var failures = input.Integer("failures", 1, min: 0, FailuresMax);
        var retryable = input.Boolean("retryable", fallback: true);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        return new(request.Attempt <= failures
            ? AgentAnswer.Fail(AgentFailures.Flaky, $"Attempt {request.Attempt} fails, as the first {failures} were asked to.", retryable)
            : AgentJson.Answer(new Output(request.Attempt, input.Find("value"))));
    }

    private sealed record Output(int Attempt, JsonElement? Value);
}
