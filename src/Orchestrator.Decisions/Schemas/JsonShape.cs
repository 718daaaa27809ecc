using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Schemas;

/// <summary>A JSON schema (2020-12), as far as it says what a value must look like, and the judgement whether one does.</summary>
/// <remarks>
/// Read are <c>type, enum, const, properties, required, additionalProperties, items, minItems, maxItems, minLength, maxLength, pattern, minimum, maximum,
/// exclusiveMinimum, exclusiveMaximum, anyOf, oneOf, allOf, not</c> and <c>$ref</c> into <c>#/$defs/</c>. Words that only describe are passed over. Any other word is refused:
/// a rule that nobody checks is worse than none. Pure; may be used by many at the same time.
/// </remarks>
public sealed partial class JsonShape
{
    public const int BytesMax = 65_536;

    /// <summary>Schemas inside one another, references followed included.</summary>
    private const int DepthMax = 64;

    /// <summary>Schemas applied in judging one value.</summary>
    private const int WorkMax = 200_000;

    private const int ProblemsMax = 8;
    private const int ShownMax = 60;

    private static readonly string[] Describing =
        ["title", "description", "default", "examples", "$schema", "$id", "$comment", "format", "deprecated", "readOnly", "writeOnly", "$defs", "definitions"];

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly JsonElement schema;

    private JsonShape(JsonElement schema) => this.schema = schema;

    /// <summary>The schema as it was written.</summary>
    public JsonElement Element => schema;

    /// <summary>Reads a schema.</summary>
    /// <returns>The schema, or a sentence that says where it cannot be read and why.</returns>
    public static (JsonShape? Shape, string? Problem) Read(Payload schema)
    {
        if (schema.Length > BytesMax)
        {
            return (null, $"A schema has at most {BytesMax} bytes, this one {schema.Length}.");
        }

        using var document = schema.Parse();
        var root = document.RootElement.Clone();
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, $"A schema is an object, not {Kind(root)}.");
        }

        return ProblemOf(root, root, "#", 0) is { } problem ? (null, problem) : (new JsonShape(root), null);
    }

    /// <summary>Everything about the value that is not as the schema has it, at most eight sentences with JSON pointers; none when it is.</summary>
    public ImmutableArray<string> ProblemsOf(JsonElement value)
    {
        var judging = new Judging(schema);
        judging.Apply(schema, value, "", 0);
        return [.. judging.Problems];
    }

    private static string? ProblemOf(JsonElement root, JsonElement part, string at, int depth)
    {
        if (depth > DepthMax)
        {
            return $"{at}: more than {DepthMax} schemas inside one another.";
        }

        if (part.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return null;
        }

        if (part.ValueKind != JsonValueKind.Object)
        {
            return $"{at}: a schema is an object, true or false, not {Kind(part)}.";
        }

        foreach (var rule in part.EnumerateObject())
        {
            if (ProblemOfRule(root, rule, $"{at}/{rule.Name}", depth) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ProblemOfRule(JsonElement root, JsonProperty rule, string at, int depth)
    {
        var value = rule.Value;
        switch (rule.Name)
        {
            case "type":
                var names = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
                return names.Length > 0 && names.All(name => name.ValueKind == JsonValueKind.String && Types.Contains(name.GetString()))
                    ? null : $"{at}: expected one of {string.Join(", ", Types)}, or several of them.";
            case "properties" or "$defs" or "definitions":
                return value.ValueKind != JsonValueKind.Object
                    ? $"{at}: expected an object of schemas."
                    : value.EnumerateObject().Select(member => ProblemOf(root, member.Value, $"{at}/{member.Name}", depth + 1)).FirstOrDefault(found => found is not null);
            case "anyOf" or "oneOf" or "allOf":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0
                    ? $"{at}: expected a list of schemas."
                    : value.EnumerateArray().Select((one, i) => ProblemOf(root, one, $"{at}/{i}", depth + 1)).FirstOrDefault(found => found is not null);
            case "additionalProperties" or "items" or "not":
                return ProblemOf(root, value, at, depth + 1);
            case "required":
                return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
                    ? null : $"{at}: expected a list of names.";
            case "enum":
                return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? null : $"{at}: expected a list of values.";
            case "minItems" or "maxItems" or "minLength" or "maxLength":
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? null : $"{at}: expected a whole number from 0.";
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                return value.ValueKind == JsonValueKind.Number ? null : $"{at}: expected a number.";
            case "pattern":
                return value.ValueKind == JsonValueKind.String && PatternOf(value.GetString()!) is not null
                    ? null : $"{at}: expected a regular expression without lookaround and back references.";
            case "$ref":
                return value.ValueKind == JsonValueKind.String && Resolve(root, value.GetString()!) is not null
                    ? null : $"{at}: expected a reference to a schema under #/$defs/ that is there.";
            case "const":
                return null;
            default:
                return Describing.Contains(rule.Name) ? null : $"{at}: the word '{Shown(rule.Name)}' is not supported.";
        }
    }

    private static JsonElement? Resolve(JsonElement root, string reference)
    {
        foreach (var place in (ReadOnlySpan<string>)["$defs", "definitions"])
        {
            var start = $"#/{place}/";
            if (reference.StartsWith(start, StringComparison.Ordinal)
                && root.TryGetProperty(place, out var definitions) && definitions.ValueKind == JsonValueKind.Object
                && definitions.TryGetProperty(reference[start.Length..], out var found))
            {
                return found;
            }
        }

        return null;
    }

    // Linear in the text, whatever the pattern: it comes from whoever registers an agent, and the text from a model.
    private static Regex? PatternOf(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => string.Create(CultureInfo.InvariantCulture, $"the number {Shown(value.GetRawText())}"),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Shown(string text) => text.Length <= ShownMax ? text : string.Concat(text.AsSpan(0, ShownMax - 1), "…");
}
