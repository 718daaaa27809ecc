using System.Collections.Immutable;
using Orchestrator.Decisions;
using Orchestrator.Decisions.Plans;
using Orchestrator.PlanLanguage.Documents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.PlanLanguage.Binding;

/// <summary>Takes the fields of one object, and notes what is not as expected. A field that is null is a field left out.</summary>
internal readonly struct FieldReader
{
    private readonly BindingProblems problems;

    public FieldReader(MapNode map, string pointer, ImmutableArray<string> known, string what, BindingProblems problems)
    {
        Map = map;
        Pointer = pointer;
        this.problems = problems;
        foreach (var member in map.Members)
        {
            if (!known.Contains(member.Name))
            {
                // Guessing costs; a document of a hundred thousand unknown names gets its first hundred guessed.
                var guess = problems.IsFull ? null : PlanFields.ElsewhereCalled.TryGetValue(member.Name, out var ours) && known.Contains(ours) ? ours : Spelling.Nearest(member.Name, known);
                problems.Add(
                    PlanProblemCodes.UnknownField,
                    $"{what} has no field '{Shown(member.Name)}'{(guess is null ? $"; it has {string.Join(", ", known)}." : $"; did you mean '{guess}'?")}",
                    At(member.Name), member.Line, member.Column, guess);
            }
        }
    }

    public MapNode Map { get; }

    public string Pointer { get; }

    public static string Shown(string name) => name.Length <= 60 ? name : name[..60] + "…";

    public string At(string name) => Join(Pointer, name);

    public static string Join(string pointer, string name) => pointer + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public bool Has(string name) => Map[name] is not null;

    public string? Text(string name) => Map[name] is { } node ? Text(node, At(name)) : null;

    public string? Text(Node node, string pointer)
    {
        if (node is TextNode text)
        {
            return text.Value;
        }

        var quoted = node switch { NumberNode number => $"\"{number.Written}\"", BoolNode flag => flag.Value ? "\"true\"" : "\"false\"", _ => null };
        problems.Wrong(node, pointer, "a text", quoted);
        return null;
    }

    public ImmutableArray<string> Texts(string name)
    {
        if (Map[name] is not { } node)
        {
            return default;
        }

        if (node is not ListNode list)
        {
            problems.Wrong(node, At(name), "an array of texts");
            return default;
        }

        var texts = ImmutableArray.CreateBuilder<string>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
        {
            // What is no text keeps its place, so that the pointers of later problems stay right.
            texts.Add(Text(list.Items[i], $"{At(name)}/{i}") ?? "");
        }

        return texts.Count == 0 ? default : texts.ToImmutable();
    }

    public bool? Flag(string name)
    {
        switch (Map[name])
        {
            case null:
                return null;
            case BoolNode flag:
                return flag.Value;
            case TextNode { Value: "yes" or "no" or "on" or "off" or "Yes" or "No" or "On" or "Off" } text:
                problems.Wrong(text, At(name), "true or false", text.Value.StartsWith('y') || text.Value.StartsWith('Y') || text.Value is "on" or "On" ? "true" : "false");
                return null;
            case { } other:
                problems.Wrong(other, At(name), "true or false");
                return null;
        }
    }

    public int? Whole(string name)
    {
        if (Map[name] is not { } node)
        {
            return null;
        }

        if (node is NumberNode number && number.TryWhole(out var whole))
        {
            return (int)Math.Clamp(whole, int.MinValue, int.MaxValue);
        }

        problems.Wrong(node, At(name), "a whole number");
        return null;
    }

    public double? Number(string name)
    {
        switch (Map[name])
        {
            case null:
                return null;
            case NumberNode number:
                return number.ToDouble();
            case { } other:
                problems.Wrong(other, At(name), "a number");
                return null;
        }
    }

    public TimeSpan? Duration(string name)
    {
        switch (Map[name])
        {
            case null:
                return null;
            case NumberNode number when number.TryWhole(out var milliseconds) && Math.Abs(milliseconds) < 400_000_000_000_000:
                return TimeSpan.FromMilliseconds(milliseconds);
            case TextNode text when Durations.TryParse(text.Value, out var duration):
                return duration;
            case TextNode text:
                problems.Add(PlanProblemCodes.BadTimeout, $"A duration is {Durations.Rule}; found '{Shown(text.Value)}'.", At(name), text.Line, text.Column);
                return null;
            case NumberNode number:
                problems.Add(PlanProblemCodes.BadTimeout, $"A duration is {Durations.Rule}; found {number.Written}.", At(name), number.Line, number.Column);
                return null;
            case { } other:
                problems.Wrong(other, At(name), "a duration: " + Durations.Rule);
                return null;
        }
    }

    /// <summary>One of a few words.</summary>
    public string? Word(string name, ImmutableArray<string> words) => Map[name] is { } node ? Word(node, At(name), words) : null;

    public string? Word(Node node, string pointer, ImmutableArray<string> words)
    {
        if (node is TextNode text)
        {
            if (words.Contains(text.Value))
            {
                return text.Value;
            }

            var guess = Spelling.Nearest(text.Value, words);
            problems.Add(
                PlanProblemCodes.WrongType,
                $"Expected one of {string.Join(", ", words)}, found '{Shown(text.Value)}'{(guess is null ? "." : $"; did you mean '{guess}'?")}",
                pointer, node.Line, node.Column, guess);
            return null;
        }

        problems.Wrong(node, pointer, "one of " + string.Join(", ", words));
        return null;
    }

    public Payload? Value(string name) => Map[name]?.ToPayload();

    public string RequiredText(string name, string what)
    {
        if (!Has(name))
        {
            problems.Add(PlanProblemCodes.MissingField, $"{what} needs the field '{name}'.", At(name), Map.Line, Map.Column);
            return "";
        }

        return Text(name) ?? "";
    }
}
