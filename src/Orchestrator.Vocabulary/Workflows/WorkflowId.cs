using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>Names one workflow for ever: ours are UUIDv7 in 32 hexadecimal digits, so that they sort by age; a caller may choose another.</summary>
[GenerateSerializer, Immutable, Alias("workflow-id")]
[JsonConverter(typeof(WorkflowIdJsonConverter))]
public readonly record struct WorkflowId([property: Id(0)] string Value)
{
    /// <summary>The longest id a caller may choose.</summary>
    public const int LengthMax = 128;

    /// <summary>Accepts letters, digits, '.', '_' and '-', at most <see cref="LengthMax"/> of them: an id becomes part of URLs, keys and log lines.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WorkflowId id)
    {
        var valid = text is { Length: > 0 and <= LengthMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        id = valid ? new WorkflowId(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
