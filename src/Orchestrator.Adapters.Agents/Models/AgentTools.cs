using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Other agents as a model sees them: functions with an action and an input.</summary>
internal sealed class AgentTools(ImmutableArray<AgentRegistration> agents, AgentRequest on, IAgentCalls calls, int answerLengthMax)
{
    public List<AITool> Declarations { get; } = [.. agents.Select(AITool (agent) => AIFunctionFactory.CreateDeclaration(
        ModelRules.FunctionNameOf(agent.Name), agent.Description ?? $"The agent '{agent.Name}'.", SchemaOf(agent)))];

    /// <summary>Does what the model asked for. Whatever goes wrong is told to the model, which may do something else about it.</summary>
    /// <returns>What the model is shown, and what the call took of other models.</returns>
    public async Task<(string Shown, CallUsage? Usage)> CallAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (agents.FirstOrDefault(agent => ModelRules.FunctionNameOf(agent.Name) == call.Name) is not { } agent)
        {
            return ("There is no such tool.", null);
        }

        if (!TryRead(agent, call.RawRepresentation as string ?? "{}", out var action, out var input, out var problem))
        {
            return (problem, null);
        }

        var answer = await calls.CallAsync(on, agent.Name, action, input, cancellationToken);
        return (answer is AgentAnswer.Completed done ? Shorten(done.Output.ToString()) : Told((AgentAnswer.Failed)answer), answer.Usage);
    }

    private static string Told(AgentAnswer.Failed failed) => JsonSerializer.Serialize(new { error = failed.Failure.Code, message = failed.Failure.Message });

    private string Shorten(string answer)
    {
        if (answer.Length <= answerLengthMax)
        {
            return answer;
        }

        var end = char.IsHighSurrogate(answer[answerLengthMax - 1]) ? answerLengthMax - 1 : answerLengthMax;
        return string.Concat(answer.AsSpan(0, end), $" … (cut off: {answer.Length} characters, of which these are the first {end})");
    }

    private static bool TryRead(AgentRegistration agent, string arguments, out string action, out Payload input, out string problem)
    {
        (action, input, problem) = (agent.Capabilities.FirstOrDefault() ?? "", Payload.EmptyObject, "");
        if (!Payload.TryParse(System.Text.Encoding.UTF8.GetBytes(arguments), out var parsed, out var why))
        {
            problem = $"The arguments are not JSON: {why}";
            return false;
        }

        using var document = parsed.Parse();
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = "The arguments must be an object with 'input'.";
            return false;
        }

        if (root.TryGetProperty("action", out var named))
        {
            // What the model says is data too: it chooses among the agent's actions and invents none.
            if (named.ValueKind != JsonValueKind.String || agent.Capabilities.FirstOrDefault(named.ValueEquals) is not { } known)
            {
                problem = $"The agent's actions are: {string.Join(", ", agent.Capabilities)}.";
                return false;
            }

            action = known;
        }

        input = root.TryGetProperty("input", out var given) ? Payload.FromElement(given) : parsed;
        return true;
    }

    private static JsonElement SchemaOf(AgentRegistration agent)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            if (agent.Capabilities.Length > 1)
            {
                json.WriteStartObject("action");
                json.WriteString("type", "string");
                json.WriteStartArray("enum");
                foreach (var capability in agent.Capabilities)
                {
                    json.WriteStringValue(capability);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteStartObject("input");
            json.WriteString("type", "object");
            json.WriteString("description", "What the agent works on.");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("required");
            json.WriteStringValue("input");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
