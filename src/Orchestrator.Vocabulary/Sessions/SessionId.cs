using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Vocabulary.Sessions;

/// <summary>Names one session for ever. It becomes part of the names of its workflows.</summary>
[GenerateSerializer, Immutable, Alias("session-id")]
public readonly record struct SessionId([property: Id(0)] string Value)
{
    /// <summary>Leaves room for the number of a message within a workflow's id.</summary>
    public const int LengthMax = 100;

    /// <summary>Accepts letters, digits, '.', '_' and '-', at most <see cref="LengthMax"/> of them, with at least one letter or digit.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        var valid = text is { Length: > 0 and <= LengthMax }
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && text.Any(char.IsAsciiLetterOrDigit);
        id = valid ? new SessionId(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
