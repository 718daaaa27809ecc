using System.Text;
using System.Text.Json;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.BuiltinAgents.Specs;

/// <summary>Calls built-in agents the way the engine does: by name, with JSON.</summary>
internal static class Asked
{
    public static async Task<JsonElement> For(string agent, object input, string action = "", TimeProvider? clock = null, BuiltinAgentOptions? options = null)
    {
        var answer = await Answer(agent, JsonSerializer.Serialize(input), action, clock: clock, options: options);
        return answer.ShouldBeOfType<AgentAnswer.Completed>(answer.ToString()).Output.As<JsonElement>();
    }

    public static async Task<string> Refused(string agent, string json, string action = "", string code = "agent.bad_input", BuiltinAgentOptions? options = null)
    {
        var answer = await Answer(agent, json, action, options: options);
        var failure = answer.ShouldBeOfType<AgentAnswer.Failed>(answer.ToString()).Failure;
        failure.Code.ShouldBe(code);
        failure.Retryable.ShouldBeFalse();
        return failure.Message;
    }

    public static async Task<AgentAnswer> Answer(
        string agent, string json, string action = "", int attempt = 1, TimeProvider? clock = null, BuiltinAgentOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Payload.TryParse(Encoding.UTF8.GetBytes(json), out var payload, out var problem).ShouldBeTrue(problem);
        var builtin = BuiltinAgentCatalog.All.Single(candidate => candidate.Descriptor.Name == agent);
        var made = builtin.Create(clock ?? new StoppedClock(), options ?? new BuiltinAgentOptions());
        return await made.HandleAsync(new AgentRequest(agent, action, payload, "wf-1", "step-1", attempt, "key-1", Deadline: null), cancellationToken);
    }
}
