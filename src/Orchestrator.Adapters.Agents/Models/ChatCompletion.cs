using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>An answer of <c>/chat/completions</c>, whole or in the making: the pieces of a streamed one are put together here.</summary>
internal sealed class ChatCompletion
{
    private const int ToolCallsMax = 128;

    private readonly StringBuilder text = new();
    private readonly SortedDictionary<int, ToolCallPieces> calls = [];
    private string? model;
    private UsageDetails? usage;
    private ChatFinishReason? finish;

    /// <summary>The model has said why it stopped; without that, it was interrupted.</summary>
    public bool IsFinished => finish is not null;

    public bool SaysAnything => text.Length > 0 || calls.Count > 0;

    /// <summary>Takes in a body of a completion, or one piece of a streamed one.</summary>
    /// <returns>The text that came with it; null when it is not of the protocol.</returns>
    public string? Take(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        model = TextOf(body, "model") ?? model;
        if (body.TryGetProperty("usage", out var counted) && counted.ValueKind == JsonValueKind.Object)
        {
            usage = new UsageDetails { InputTokenCount = CountOf(counted, "prompt_tokens"), OutputTokenCount = CountOf(counted, "completion_tokens") };
        }

        if (!body.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
        {
            return usage is null ? null : "";
        }

        if (choices.GetArrayLength() == 0)
        {
            return "";
        }

        var choice = choices[0];
        if (choice.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        finish = TextOf(choice, "finish_reason") is { Length: > 0 } reason ? new ChatFinishReason(reason) : finish;
        if (!choice.TryGetProperty("message", out var message) && !choice.TryGetProperty("delta", out message))
        {
            return "";
        }

        if (message.ValueKind != JsonValueKind.Object)
        {
            return message.ValueKind == JsonValueKind.Null ? "" : null;
        }

        var said = TextOf(message, "content") ?? "";
        text.Append(said);
        return TakeCalls(message) ? said : null;
    }

    public ChatResponse ToResponse()
    {
        var message = new ChatMessage(ChatRole.Assistant, text.ToString());
        foreach (var call in calls.Values)
        {
            message.Contents.Add(call.ToContent());
        }

        return new ChatResponse(message) { ModelId = model, Usage = usage, FinishReason = finish };
    }

    /// <summary>What is left to be told when all pieces have come: the calls of tools, the usage, the reason.</summary>
    public ChatResponseUpdate ToLastUpdate()
    {
        List<AIContent> contents = [.. calls.Values.Select(call => call.ToContent())];
        if (usage is not null)
        {
            contents.Add(new UsageContent(usage));
        }

        return new ChatResponseUpdate(ChatRole.Assistant, contents) { ModelId = model, FinishReason = finish };
    }

    private bool TakeCalls(JsonElement message)
    {
        if (!message.TryGetProperty("tool_calls", out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var piece in list.EnumerateArray())
        {
            if (piece.ValueKind != JsonValueKind.Object || !piece.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            // A whole answer numbers its calls by their order; a piece says which call it belongs to.
            var index = piece.TryGetProperty("index", out var numbered) && numbered.ValueKind == JsonValueKind.Number && numbered.TryGetInt32(out var number) ? number : calls.Count;
            if (!calls.TryGetValue(index, out var call))
            {
                if (calls.Count >= ToolCallsMax)
                {
                    return false;
                }

                calls[index] = call = new ToolCallPieces(index);
            }

            call.Take(TextOf(piece, "id"), TextOf(function, "name"), ArgumentsOf(function));
        }

        return true;
    }

    // By the protocol a text that holds JSON; some servers send the object itself.
    private static string? ArgumentsOf(JsonElement function) =>
        function.TryGetProperty("arguments", out var arguments) && arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : TextOf(function, "arguments");

    /// <exception cref="InvalidOperationException">The text holds half of a surrogate pair.</exception>
    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? CountOf(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;

    private sealed class ToolCallPieces(int index)
    {
        private readonly StringBuilder arguments = new();
        private string? id;
        private string? name;

        public void Take(string? id, string? name, string? arguments)
        {
            this.id ??= id;
            this.name ??= name;
            this.arguments.Append(arguments);
        }

        public FunctionCallContent ToContent()
        {
            var raw = arguments.Length == 0 ? "{}" : arguments.ToString();
            return new FunctionCallContent(id ?? $"call_{index}", name ?? "", arguments: null) { RawRepresentation = raw };
        }
    }
}
