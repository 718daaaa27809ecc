using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>The words a model is given. What comes from an input, a tool or a model is data, and stays inside the message it is put into.</summary>
internal static partial class PromptText
{
    // Escapes line breaks, quotes, '<' and '>', so that a value in a system message stays one word of it.
    private static readonly JsonSerializerOptions AsJson = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The system message: the agent's own text with values in it as JSON, then the shape that the answer must have.</summary>
    public static (string? Text, string? Problem) System(ModelSettings model, AgentRequest request)
    {
        var (text, problem) = model.System is { } template ? Templates.Fill(template, Context(request), Quoted) : ("", null);
        if (problem is not null || model.OutputSchema is not { } schema)
        {
            return (text is "" ? null : text, problem);
        }

        var shape = $"Answer with one JSON value of this JSON schema, and with nothing else: {schema}";
        return (text is "" ? shape : text + "\n\n" + shape, null);
    }

    /// <summary>The user's message: the agent's template filled in, or the input as JSON.</summary>
    public static (string? Text, string? Problem) User(ModelSettings model, AgentRequest request)
    {
        if (model.Prompt is not { } template)
        {
            return (Disarm(request.Input.ToString()), null);
        }

        return Templates.Fill(template, Context(request), value => Disarm(Plain(value)));
    }

    /// <summary>Takes their meaning from the marks with which models tell messages apart, by a space that nobody sees in the middle of each.</summary>
    /// <remarks>Servers that put a conversation into one text before the model reads it may take such marks for real, wherever they stand.</remarks>
    public static string Disarm(string data) => Marks().Replace(data, mark => mark.Value.Insert(1, "\u200B"));

    private static EvaluationContext Context(AgentRequest request) => new(request.Input, _ => null);

    private static string Quoted(Payload value)
    {
        using var document = value.Parse();
        return Disarm(JsonSerializer.Serialize(document.RootElement, AsJson));
    }

    private static string Plain(Payload value)
    {
        using var document = value.Parse();
        try
        {
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.String => document.RootElement.GetString()!,
                JsonValueKind.Null => "",
                _ => value.ToString(),
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: as it is written, escaped.
            return value.ToString();
        }
    }

    // ChatML, Llama 2 and 3, Gemma, Mistral, Phi, and what sentences begin and end with.
    [GeneratedRegex(@"<\||\|>|<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn|think|tool_call|SYS)\b)|<<(?=/?SYS)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Marks();
}
