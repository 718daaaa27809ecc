using System.Text;
using System.Text.Json;
using Orchestrator.Decisions.Plans;

namespace Orchestrator.PlanLanguage.Documents;

/// <summary>Reads JSON (RFC 8259) into nodes. No comments, no trailing commas, no member twice.</summary>
internal ref struct JsonDocumentReader
{
    private Utf8JsonReader reader;
    private TextPlace place;
    private int nodes;

    private JsonDocumentReader(ReadOnlySpan<byte> utf8)
    {
        // One level more than we allow, so that the refusal of depth is ours and has a place.
        reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DocumentLimits.DepthMax + 1 });
        place = new TextPlace(utf8);
    }

    public static DocumentReading Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var checkedUtf8 = DocumentText.Check(utf8);
            var document = new JsonDocumentReader(checkedUtf8.Span);
            document.Next();
            var root = document.Value(1);
            document.reader.Read();
            return new(root, null);
        }
        catch (DocumentException exception)
        {
            return new(null, exception.Problem);
        }
        catch (JsonException exception)
        {
            return new(null, Problem(exception, utf8.Span));
        }
    }

    private Node Value(int depth)
    {
        place.MoveTo(reader.TokenStartIndex);
        var (line, column) = (place.Line, place.Column);
        if (++nodes > DocumentLimits.NodesMax)
        {
            throw new DocumentException(PlanProblemCodes.TooLarge, $"A plan's document has at most {DocumentLimits.NodesMax} values; here the next one begins.", line, column);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth >= DocumentLimits.DepthMax:
                throw new DocumentException(PlanProblemCodes.TooLarge, $"Objects and arrays are at most {DocumentLimits.DepthMax} inside one another; here the next one begins.", line, column);
            case JsonTokenType.StartObject:
                return Map(line, column, depth);
            case JsonTokenType.StartArray:
                return List(line, column, depth);
            case JsonTokenType.String:
                return new TextNode(Text(line, column), line, column);
            case JsonTokenType.Number:
                var number = Encoding.ASCII.GetString(reader.ValueSpan);
                return DocumentText.Number(number, number, line, column);
            case JsonTokenType.True or JsonTokenType.False:
                return new BoolNode(reader.TokenType == JsonTokenType.True, line, column);
            default:
                return new NullNode(line, column);
        }
    }

    private MapNode Map(int line, int column, int depth)
    {
        var members = new List<Member>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next() == JsonTokenType.PropertyName)
        {
            place.MoveTo(reader.TokenStartIndex);
            var (nameLine, nameColumn) = (place.Line, place.Column);
            var name = Text(nameLine, nameColumn);
            if (!names.Add(name))
            {
                throw new DocumentException(PlanProblemCodes.DuplicateKey, $"The member '{name}' stands twice in one object.", nameLine, nameColumn);
            }

            Next();
            members.Add(new Member(name, nameLine, nameColumn, Value(depth + 1)));
        }

        return new MapNode(members, line, column);
    }

    private ListNode List(int line, int column, int depth)
    {
        var items = new List<Node>();
        while (Next() != JsonTokenType.EndArray)
        {
            items.Add(Value(depth + 1));
        }

        return new ListNode(items, line, column);
    }

    private readonly string Text(int line, int column)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new DocumentException(PlanProblemCodes.Syntax, "The text holds half a surrogate pair, which is no character.", line, column);
        }
    }

    private JsonTokenType Next()
    {
        reader.Read();
        return reader.TokenType;
    }

    private static DocumentProblem Problem(JsonException exception, ReadOnlySpan<byte> utf8)
    {
        // The place is told in bytes of a line; readers count characters.
        var line = (int)(exception.LineNumber ?? 0) + 1;
        var start = 0;
        for (var i = 1; i < line; i++)
        {
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        }

        var before = utf8[start..Math.Min(utf8.Length, start + (int)(exception.BytePositionInLine ?? 0))];
        var message = exception.Message;
        var tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new(PlanProblemCodes.Syntax, "The document is not JSON: " + (tail < 0 ? message : message[..tail]), line, Encoding.UTF8.GetCharCount(before) + 1);
    }
}
