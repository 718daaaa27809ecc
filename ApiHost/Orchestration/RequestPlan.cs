using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>Makes the plan by which a request in words is answered. The user's words stay in the workflow's input: no template ever holds them.</summary>
internal static class RequestPlan
{
    public const string Name = "request";
    public const string Sequential = "sequential";
    public const string Parallel = "parallel";

    private static readonly string[] Members = ["content", "context", "history", "user_context"];

    public static string StepOf(int index) => string.Create(CultureInfo.InvariantCulture, $"agent_{index + 1}");

    /// <param name="goesOn">Whether a chain goes on when this agent fails. Agents side by side never hear of each other's failures.</param>
    public static Plan Of(ImmutableArray<RoutingCandidate> agents, string? execution, Func<string, bool> goesOn, RetryPolicy retry, TimeSpan timeout)
    {
        var chain = execution == Sequential;
        return new(
            Name,
            [
                .. agents.Select((agent, index) => new Step(
                    StepOf(index),
                    agent.Agent,
                    agent.Action,
                    InputOf(chain ? agents[..index] : null),
                    [],
                    retry,
                    timeout,
                    OnFailure: (chain && goesOn(agent.Agent)) || execution == Parallel ? OnFailure.Continue : OnFailure.Fail)),
            ],
            chain ? PlanMode.Sequential : PlanMode.Dag,
            timeout,
            Description: "Answers a request in words.");
    }

    private static Payload InputOf(ImmutableArray<RoutingCandidate>? before)
    {
        var input = new JsonObject();
        foreach (var member in Members)
        {
            input[member] = "${{ input.request." + member + " }}";
        }

        if (before is { } earlier)
        {
            input["previous_results"] = new JsonArray(
            [
                .. earlier.Select((agent, index) => new JsonObject
                {
                    ["agent"] = agent.Agent,
                    ["result"] = "${{ steps." + StepOf(index) + ".output }}",
                    ["timestamp"] = "${{ steps." + StepOf(index) + ".finishedAt }}",
                }),
            ]);
        }

        return Payload.From(input);
    }
}
