using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.ApiHost.Requests;

/// <summary>How urgent something is: 1 to 5, 5 the most urgent, or one of five words.</summary>
internal static class PriorityText
{
    public const int Default = 3;

    private static readonly ImmutableDictionary<string, int> Names = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("background", 1), KeyValuePair.Create("low", 2), KeyValuePair.Create("normal", 3),
        KeyValuePair.Create("high", 4), KeyValuePair.Create("critical", 5),
    ]);

    public static int Read(JsonElement? given, RequestCheck check) => ReadOptional(given, check) ?? Default;

    /// <summary>Null when none is given.</summary>
    public static int? ReadOptional(JsonElement? given, RequestCheck check)
    {
        switch (given)
        {
            case null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }:
                return null;
            case { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var level) && level is >= 1 and <= 5:
                return level;
            case { ValueKind: JsonValueKind.String } text when Names.TryGetValue(text.GetString()!, out var level):
                return level;
            case { ValueKind: JsonValueKind.String } text when text.GetString() is { Length: 1 } digit && digit[0] is >= '1' and <= '5':
                return digit[0] - '0';
            default:
                check.Member("/priority", "A priority is 1 to 5, 5 the most urgent, or background, low, normal, high, critical.");
                return null;
        }
    }
}
