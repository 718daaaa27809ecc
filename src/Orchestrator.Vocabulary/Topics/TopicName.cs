using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Vocabulary.Topics;

/// <summary>Names one topic for ever, and with it one sequence of numbers.</summary>
[GenerateSerializer, Immutable, Alias("topic-name")]
public readonly record struct TopicName([property: Id(0)] string Value)
{
    public const int LengthMax = 128;

    /// <summary>Accepts lower-case letters, digits, '.', '_' and '-', at most <see cref="LengthMax"/> of them and not dots alone: a name becomes part of addresses, keys and log lines.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicName name)
    {
        var valid = text is { Length: > 0 and <= LengthMax }
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
            && text.Any(c => c != '.');
        name = valid ? new TopicName(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
