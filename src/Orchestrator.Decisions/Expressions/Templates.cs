using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Expressions;

/// <summary>What became of a template.</summary>
/// <param name="Problem">Names the expression and what was found; null when there is a value.</param>
public readonly record struct Rendering(Payload Value, string? Problem)
{
    public bool Succeeded => Problem is null;
}

/// <summary>Fills templates in. Pure: the same template and context give the same bytes.</summary>
public static class Templates
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Puts values in the place of expressions, everywhere inside objects and arrays, but not in the names of members.</summary>
    /// <remarks>
    /// A text that is exactly one <c>${{ … }}</c> becomes the value itself, of whatever type. In a longer text the value is written into it:
    /// a text as it is, null as nothing, objects and arrays as JSON. <c>$${{</c> stands for <c>${{</c>. What is put in is never looked at for
    /// expressions again. A template without expressions is returned as it came, unread.
    /// </remarks>
    public static Rendering Render(Payload template, EvaluationContext context)
    {
        if (!HasExpressions(template))
        {
            return new(template, null);
        }

        var evaluator = new Evaluator(context);
        try
        {
            return JsonValues.KindOf(template) == JsonValueKind.String ? RenderText(template, evaluator) : RenderTree(template, evaluator);
        }
        catch (JsonException exception)
        {
            return new(default, $"The template is no JSON or too deep: {exception.Message}");
        }
    }

    /// <summary>Fills a text in, each value written by the caller's own hand.</summary>
    /// <param name="write">How a value stands in the text. What it gives is never looked at for expressions.</param>
    /// <returns>The text, or the problem that names the expression and what was found.</returns>
    public static (string? Text, string? Problem) Fill(string text, EvaluationContext context, Func<Payload, string> write)
    {
        var parsed = TemplateText.Of(text);
        if (parsed.Problem is { } wrong)
        {
            return (null, $"'{Excerpt(text)}', character {wrong.Offset}: {wrong.Message}");
        }

        var evaluator = new Evaluator(context);
        var filled = new StringBuilder();
        foreach (var part in parsed.Parts)
        {
            if (part.Expression is null)
            {
                filled.Append(part.Text);
                continue;
            }

            var value = evaluator.Evaluate(part.Expression);
            if (Problem(part, evaluator) is { } problem)
            {
                return (null, problem);
            }

            filled.Append(write(value));
            if (filled.Length > ExpressionLimits.ResultBytesMax)
            {
                return (null, $"{Excerpt(part.Text)}: the rendered text is longer than {ExpressionLimits.ResultBytesMax} characters.");
            }
        }

        return (filled.ToString(), null);
    }

    /// <summary>What is wrong with a text of a template before anything is put in; null when nothing is.</summary>
    public static string? ProblemIn(string text) =>
        TemplateText.Of(text).Problem is { } wrong ? $"'{Excerpt(text)}', character {wrong.Offset}: {wrong.Message}" : null;

    internal static bool HasExpressions(Payload template) => template.Utf8.Span.IndexOf("${{"u8) >= 0;

    private static Rendering RenderText(Payload template, Evaluator evaluator)
    {
        if (!JsonValues.TryText(template, out var text))
        {
            return new(default, "The template is a text that is not Unicode.");
        }

        var parsed = TemplateText.Of(text);
        if (parsed is { Problem: null, Only: { } only })
        {
            var value = evaluator.Evaluate(only.Expression!);
            return Problem(only, evaluator) is { } problem ? new(default, problem) : new(value, null);
        }

        var filled = Fill(text, parsed, evaluator, out var cause);
        return cause is null
            ? new(Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes("\"" + JsonEncodedText.Encode(filled, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"")), null)
            : new(default, cause);
    }

    private static Rendering RenderTree(Payload template, Evaluator evaluator)
    {
        var output = new ArrayBufferWriter<byte>(template.Length * 2);
        using var writer = new Utf8JsonWriter(output, Writing);
        var reader = new Utf8JsonReader(template.Utf8.Span);
        while (reader.Read())
        {
            if (Write(ref reader, writer, evaluator) is { } problem)
            {
                return new(default, problem);
            }

            if (writer.BytesCommitted + writer.BytesPending > ExpressionLimits.ResultBytesMax)
            {
                return new(default, $"The rendered template is larger than {ExpressionLimits.ResultBytesMax} bytes.");
            }
        }

        writer.Flush();

        // A value may be as deep as a template; put inside one another, readers of the result would refuse it.
        var depth = new Utf8JsonReader(output.WrittenSpan, new JsonReaderOptions { MaxDepth = ExpressionLimits.ResultDepthMax });
        while (depth.Read())
        {
        }

        return new(Payload.FromTrustedUtf8(output.WrittenMemory.ToArray()), null);
    }

    private static string? Write(ref Utf8JsonReader reader, Utf8JsonWriter writer, Evaluator evaluator)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                return null;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                return null;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                return null;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                return null;
            case JsonTokenType.PropertyName when JsonValues.TryText(ref reader, out var name):
                writer.WritePropertyName(name);
                return null;
            case JsonTokenType.PropertyName:
                return "A member's name in the template is not Unicode.";
            case JsonTokenType.String when reader.ValueSpan.IndexOf((byte)'$') >= 0:
                return WriteText(ref reader, writer, evaluator);
            case JsonTokenType.String:
                writer.WriteRawValue([(byte)'"', .. reader.ValueSpan, (byte)'"'], skipInputValidation: true);
                return null;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                return null;
        }
    }

    private static string? WriteText(ref Utf8JsonReader reader, Utf8JsonWriter writer, Evaluator evaluator)
    {
        if (!JsonValues.TryText(ref reader, out var text))
        {
            return "A text in the template is not Unicode.";
        }

        var parsed = TemplateText.Of(text);
        if (parsed is { Problem: null, Only: { } only })
        {
            var value = evaluator.Evaluate(only.Expression!);
            if (Problem(only, evaluator) is { } problem)
            {
                return problem;
            }

            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
            return null;
        }

        var filled = Fill(text, parsed, evaluator, out var cause);
        if (cause is null)
        {
            writer.WriteStringValue(filled);
        }

        return cause;
    }

    private static string Fill(string text, TemplateText parsed, Evaluator evaluator, out string? problem)
    {
        if (parsed.Problem is { } wrong)
        {
            problem = $"'{Excerpt(text)}', character {wrong.Offset}: {wrong.Message}";
            return "";
        }

        var filled = new StringBuilder();
        foreach (var part in parsed.Parts)
        {
            if (part.Expression is null)
            {
                filled.Append(part.Text);
                continue;
            }

            var value = evaluator.Evaluate(part.Expression);
            problem = Problem(part, evaluator) ?? Append(value, part, filled);
            if (problem is not null)
            {
                return "";
            }
        }

        problem = null;
        return filled.ToString();
    }

    private static string? Append(Payload value, TemplatePart part, StringBuilder filled)
    {
        switch (JsonValues.KindOf(value))
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String when JsonValues.TryText(value, out var text):
                filled.Append(text);
                break;
            case JsonValueKind.String:
                return $"{Excerpt(part.Text)}: the text it gives is not Unicode.";
            default:
                filled.Append(value.ToString());
                break;
        }

        return filled.Length > ExpressionLimits.ResultBytesMax
            ? $"{Excerpt(part.Text)}: the rendered text is longer than {ExpressionLimits.ResultBytesMax} characters."
            : null;
    }

    private static string? Problem(TemplatePart part, Evaluator evaluator) =>
        evaluator.Problem is { } problem ? $"{Excerpt(part.Text)}: {problem}." : null;

    internal static string Excerpt(string text) => text.Length <= 120 ? text : string.Concat(text.AsSpan(0, 119), "…");
}
