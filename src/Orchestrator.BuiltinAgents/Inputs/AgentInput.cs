using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Inputs;

/// <summary>Reads the fields of an agent's input and collects whatever is wrong with them.</summary>
/// <remarks>
/// A reader answers a harmless value for a bad field and goes on, so that one refusal names every mistake.
/// Ask <see cref="Refusal"/> before using what was read.
/// </remarks>
internal sealed class AgentInput : IDisposable
{
    private const int ProblemsMax = 8;
    private const int QuotedLengthMax = 40;

    private readonly string agent;
    private readonly BuiltinAgentOptions options;
    private readonly JsonDocument? document;
    private readonly List<string> problems = [];

    private AgentInput(string agent, BuiltinAgentOptions options, JsonDocument? document)
    {
        this.agent = agent;
        this.options = options;
        this.document = document;
    }

    /// <summary>What to answer when the input cannot be read; null when every field asked for so far was good.</summary>
    public AgentAnswer? Refusal => problems.Count == 0
        ? null
        : AgentAnswer.Fail(AgentFailures.BadInput, $"{agent} cannot read its input: {string.Join("; ", problems)}.");

    public static AgentInput Read(BuiltinAgentDescriptor descriptor, AgentRequest request, BuiltinAgentOptions options)
    {
        if (request.Input.Length > options.InputBytesMax)
        {
            var refused = new AgentInput(descriptor.Name, options, document: null);
            refused.Complain("the input", $"at most {options.InputBytesMax} bytes", $"{request.Input.Length} bytes");
            return refused;
        }

        var input = new AgentInput(descriptor.Name, options, request.Input.Parse());
        if (input.document!.RootElement.ValueKind != JsonValueKind.Object)
        {
            input.Complain("the input", "an object", Describe(input.document.RootElement));
        }

        if (!descriptor.TakesAnyAction && request.Action.Length > 0 && !descriptor.Actions.Contains(request.Action))
        {
            input.Complain("the action", $"one of {string.Join(", ", descriptor.Actions)}", $"'{Shorten(request.Action)}'");
        }

        return input;
    }

    public void Dispose() => document?.Dispose();

    public BuiltinAgentOptions Options => options;

    public bool Has(string field) => Find(field) is not null;

    /// <summary>The input is an object that holds something, and none of these fields.</summary>
    public bool AsksForSomethingElse(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (Has(field))
            {
                return false;
            }
        }

        return document is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.EnumerateObject().Any();
    }

    /// <summary>The text under the first of the names that is present; it must hold more than white space.</summary>
    public string RequiredText(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { } value)
            {
                var text = TextOf(name, value, options.TextLengthMax);
                if (text is not null && string.IsNullOrWhiteSpace(text))
                {
                    Complain($"'{name}'", "a text with at least one word", text.Length == 0 ? "an empty string" : "white space");
                }

                return text ?? "";
            }
        }

        Complain($"'{names[0]}'", "a text", "nothing");
        return "";
    }

    /// <summary>The text of a field, or null where it is absent or null.</summary>
    public string? OptionalText(string name, int lengthMax) => Find(name) is { } value ? TextOf(name, value, lengthMax) : null;

    public int Integer(string name, int fallback, int min, int max)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Complain($"'{name}'", $"a whole number from {min} to {max}", Describe(value));
        return fallback;
    }

    public bool Boolean(string name, bool fallback)
    {
        switch (Find(name))
        {
            case null:
                return fallback;
            case { ValueKind: JsonValueKind.True or JsonValueKind.False } value:
                return value.GetBoolean();
            case { } value:
                Complain($"'{name}'", "true or false", Describe(value));
                return fallback;
        }
    }

    /// <summary>One of the given words, or the first of them where the field is absent.</summary>
    public string Choice(string name, params ImmutableArray<string> words)
    {
        if (Find(name) is not { } value)
        {
            return words[0];
        }

        var text = TextOf(name, value, QuotedLengthMax);
        if (text is not null && words.Contains(text))
        {
            return text;
        }

        if (text is not null)
        {
            Complain($"'{name}'", $"one of {string.Join(", ", words)}", $"'{text}'");
        }

        return words[0];
    }

    /// <summary>A calendar day written <c>yyyy-MM-dd</c>, or null where the field is absent.</summary>
    public DateOnly? Day(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(StringOf(value), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 1900 and <= 2999)
        {
            return day;
        }

        Complain($"'{name}'", "a date like 2025-09-01 between the years 1900 and 2999", Describe(value));
        return null;
    }

    /// <summary>The entries of a list, read one by one; a reader that answers null for an entry must have complained.</summary>
    public ImmutableArray<T> List<T>(string name, Func<string, JsonElement, T?> read)
        where T : class
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Complain($"'{name}'", "a list", Describe(value));
            return [];
        }

        if (value.GetArrayLength() > options.EntriesMax)
        {
            Complain($"'{name}'", $"at most {options.EntriesMax} entries", $"{value.GetArrayLength()}");
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<T>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
        {
            if (read($"{name}[{entries.Count}]", element) is not { } entry)
            {
                return [];
            }

            entries.Add(entry);
        }

        return entries.DrainToImmutable();
    }

    /// <summary>A list of terms: strings, or objects that carry one under <c>term</c>, <c>label</c> or <c>text</c>.</summary>
    public ImmutableArray<string> Terms(string name, int lengthMax) => List(name, (field, element) => Term(field, element, lengthMax));

    public string? Term(string field, JsonElement element, int lengthMax)
    {
        foreach (var member in (ReadOnlySpan<string>)["term", "label", "text"])
        {
            if (Member(element, member) is { } inner)
            {
                return Term($"{field}.{member}", inner, lengthMax);
            }
        }

        var text = TextOf(field, element, lengthMax)?.Trim();
        if (text is "")
        {
            Complain($"'{field}'", "a term", "an empty string");
            return null;
        }

        return text;
    }

    /// <summary>An object that another agent has answered, as far as the type reads it; null where it is absent or null.</summary>
    public T? Part<T>(string name)
        where T : class
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        try
        {
            return value.Deserialize<T>(AgentJson.Options);
        }
        catch (JsonException exception)
        {
            Complain($"'{name}'", "the answer of the agent that makes it", value.ValueKind == JsonValueKind.Object ? $"another shape at {exception.Path}" : Describe(value));
            return null;
        }
    }

    /// <summary>A field as it stands, or null where it is absent or null.</summary>
    public JsonElement? Find(string name) => document is null ? null : Member(document.RootElement, name);

    /// <summary>A member of an object, or null where there is no object or no such member, or where it is null.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public string? TextOf(string field, JsonElement value, int lengthMax)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Complain($"'{field}'", "a string", Describe(value));
            return null;
        }

        if (StringOf(value) is not { } text)
        {
            Complain($"'{field}'", "Unicode text", "half of a surrogate pair");
            return null;
        }

        if (text.Length > lengthMax)
        {
            Complain($"'{field}'", $"at most {lengthMax} characters", $"{text.Length}");
            return null;
        }

        return text;
    }

    public void Complain(string subject, string expected, string found)
    {
        if (problems.Count < ProblemsMax)
        {
            problems.Add($"{subject}: expected {expected}, found {found}");
        }
    }

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => StringOf(value) is { } text ? $"the string '{Shorten(text)}'" : "a string that is not Unicode",
        JsonValueKind.Number => $"the number {Shorten(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "nothing",
    };

    // JSON may escape half a surrogate pair, which is valid JSON and no text. The reader throws for it; for us it is bad input.
    private static string? StringOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Shorten(string text) => text.Length <= QuotedLengthMax ? text : string.Concat(text.AsSpan(0, QuotedLengthMax), "…");
}
