using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Expressions;

/// <summary>Looks into JSON values as bytes, so that a reference into a large answer costs one pass and no tree.</summary>
internal static class JsonValues
{
    /// <summary>The kind of a value, read off its first character.</summary>
    public static JsonValueKind KindOf(Payload value)
    {
        foreach (var b in value.Utf8.Span)
        {
            switch (b)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    continue;
                case (byte)'{':
                    return JsonValueKind.Object;
                case (byte)'[':
                    return JsonValueKind.Array;
                case (byte)'"':
                    return JsonValueKind.String;
                case (byte)'t':
                    return JsonValueKind.True;
                case (byte)'f':
                    return JsonValueKind.False;
                case (byte)'n':
                    return JsonValueKind.Null;
                default:
                    return JsonValueKind.Number;
            }
        }

        return JsonValueKind.Null;
    }

    /// <summary>A kind as a problem's text calls it.</summary>
    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>The value at the end of the way; null where there is none.</summary>
    public static Payload Find(Payload value, ImmutableArray<PathSegment> way)
    {
        if (way.IsEmpty)
        {
            return value;
        }

        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        foreach (var segment in way)
        {
            if (!(segment.Member is { } member ? ToMember(ref reader, member) : ToItem(ref reader, segment.Index)))
            {
                return Payload.Null;
            }
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();

        // A copy, so that a small part does not keep a large answer in memory.
        return Payload.FromTrustedUtf8(value.Utf8[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>The text of a JSON string; false when it holds half a surrogate pair, which JSON lets through and Unicode does not.</summary>
    public static bool TryText(Payload value, [NotNullWhen(true)] out string? text)
    {
        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        return TryText(ref reader, out text);
    }

    public static bool TryText(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>Compares two finite numbers: exactly where both have at most 28 digits, as IEEE 754 doubles beyond; null when one is out of range.</summary>
    public static int? CompareNumbers(Payload left, Payload right)
    {
        if (Decimal(left) is { } a && Decimal(right) is { } b)
        {
            return a.CompareTo(b);
        }

        var (x, y) = (Double(left), Double(right));
        return double.IsFinite(x) && double.IsFinite(y) ? x.CompareTo(y) : null;
    }

    /// <summary>Items of an array or members of an object.</summary>
    public static int Count(Payload value)
    {
        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            reader.Skip();
            count++;
        }

        return count;
    }

    public static bool HasMember(Payload value, string name)
    {
        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        return ToMember(ref reader, name);
    }

    private static bool ToMember(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool ToItem(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    // A number with more digits than a decimal holds, or too small for it, must not be rounded to an equal one.
    private static decimal? Decimal(Payload value)
    {
        var text = Encoding.ASCII.GetString(value.Utf8.Span).Trim();
        return text.Length <= 28 && !text.AsSpan().ContainsAny('e', 'E')
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static double Double(Payload value) =>
        double.TryParse(value.Utf8.Span.Trim(" \t\r\n"u8), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    /// <summary>Whether a double can hold the number.</summary>
    public static bool IsFinite(Payload number) => double.IsFinite(Double(number));
}
