using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Decides whether bytes from outside are JSON that every later reader will get through.</summary>
/// <remarks>
/// The platform's reader looks at strings only when somebody asks for them, so half a surrogate pair, or a number that no machine holds, would
/// pass the door and break a reader deep inside. They are refused here, where the caller can be told.
/// </remarks>
internal static class JsonText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = ApiJson.DepthMax };

    public static bool TryParse(ReadOnlyMemory<byte> utf8, out JsonDocument? document, out ProblemError? error)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            error = new("The body is not UTF-8.");
            return false;
        }

        try
        {
            // First, because looking for members that stand twice reads their names, and a name may be half a surrogate pair.
            error = FirstUnreadable(utf8.Span);
            document = error is null ? JsonDocument.Parse(utf8, Strict) : null;
        }
        catch (JsonException exception)
        {
            error = new(WithoutPosition(exception.Message), Line: Position(exception.LineNumber), Column: Position(exception.BytePositionInLine));
        }

        return document is not null;
    }

    /// <summary>Where a member of the outermost object stands: the bytes of its value.</summary>
    public static Range? Member(ReadOnlySpan<byte> utf8, string name)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ApiJson.DepthMax });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                var found = reader.ValueTextEquals(name);
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (found)
                {
                    return from..(int)reader.BytesConsumed;
                }
            }
        }

        return null;
    }

    /// <summary>A copy in which everything but the given part is blank, so that lines and columns stay those of the whole.</summary>
    public static byte[] Only(ReadOnlySpan<byte> utf8, Range part)
    {
        var (from, length) = part.GetOffsetAndLength(utf8.Length);
        var copy = utf8[..(from + length)].ToArray();
        for (var i = 0; i < from; i++)
        {
            if (copy[i] is not ((byte)'\n' or (byte)'\r'))
            {
                copy[i] = (byte)' ';
            }
        }

        return copy;
    }

    private static ProblemError? FirstUnreadable(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ApiJson.DepthMax });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.Number when !reader.TryGetDouble(out var number) || !double.IsFinite(number):
                    return At(utf8, (int)reader.TokenStartIndex, "The number is too large for a double, which is what JSON numbers are read as.");
                case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped && !HoldsText(ref reader):
                    return At(utf8, (int)reader.TokenStartIndex, "The text has one half of a surrogate pair without the other.");
                default:
                    break;
            }
        }

        return null;
    }

    private static bool HoldsText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ProblemError At(ReadOnlySpan<byte> utf8, int index, string detail)
    {
        var before = utf8[..index];
        return new(detail, Line: before.Count((byte)'\n') + 1, Column: Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    private static int? Position(long? fromZero) => fromZero is { } number ? (int)number + 1 : null;

    /// <summary>The platform puts path and position at the end of its message; the problem has members for them.</summary>
    private static string WithoutPosition(string message)
    {
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var path = message.IndexOf(" Path:", StringComparison.Ordinal);
        var end = (cut, path) switch { ( < 0, < 0) => message.Length, ( < 0, _) => path, (_, < 0) => cut, _ => Math.Min(cut, path) };
        return RequestCheck.Shown(message[..end], lengthMax: 200);
    }
}
