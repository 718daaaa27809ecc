using System.Text;
using Orchestrator.Decisions.Plans;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orchestrator.PlanLanguage.Documents;

/// <summary>Reads one YAML document into nodes, event by event, so that every limit holds before anything is built.</summary>
/// <remarks>
/// No tags and no merge keys: a plan is data that looks the same to everyone who reads it. Anchors and aliases are allowed within limits: what they
/// would unfold to is counted, not built. Every key is a text, and stands once.
/// </remarks>
internal sealed class YamlDocumentReader
{
    private readonly IParser parser;
    private readonly Dictionary<string, Node> anchors = new(StringComparer.Ordinal);
    private int aliases;
    private long count;
    private long weight;

    private YamlDocumentReader(string text) => parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    public static DocumentReading Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var text = Encoding.UTF8.GetString(DocumentText.Check(utf8).Span);
            return new(new YamlDocumentReader(text).Document(), null);
        }
        catch (DocumentException exception)
        {
            return new(null, exception.Problem);
        }
        catch (YamlException exception)
        {
            return new(null, new(PlanProblemCodes.Syntax, "The document is not YAML: " + exception.Message, (int)exception.Start.Line, (int)exception.Start.Column));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            // The parser answers some malformed documents with exceptions of other kinds; to the writer of a plan they are one.
            return new(null, new(PlanProblemCodes.Syntax, "The document is not YAML: " + exception.Message, 1, 1));
        }
    }

    private Node Document()
    {
        Next<StreamStart>();
        if (Next<ParsingEvent>() is not DocumentStart)
        {
            throw new DocumentException(PlanProblemCodes.Syntax, "The document is empty; a plan begins with its id and its steps.", 1, 1);
        }

        var root = Value(Next<ParsingEvent>(), 1);
        Next<DocumentEnd>();
        var end = Next<ParsingEvent>();
        if (end is DocumentStart)
        {
            throw Problem(PlanProblemCodes.Syntax, "A second document begins here; a file holds one plan.", end.Start);
        }

        return root;
    }

    private Node Value(ParsingEvent found, int depth)
    {
        if (depth > DocumentLimits.DepthMax)
        {
            throw Problem(PlanProblemCodes.TooLarge, $"Objects and arrays are at most {DocumentLimits.DepthMax} inside one another; here the next one begins.", found.Start);
        }

        if (found is AnchorAlias alias)
        {
            return Unfold(alias, depth);
        }

        Grow(1, found is Scalar { Value: var text } ? text.Length : 0, found.Start);
        if (found is not NodeEvent node)
        {
            throw Problem(PlanProblemCodes.Syntax, "A value was expected here.", found.Start);
        }

        if (!node.Tag.IsEmpty)
        {
            throw Problem(PlanProblemCodes.Syntax, $"The tag '{node.Tag.Value}' is not allowed; plans use no tags.", found.Start);
        }

        var value = node switch
        {
            Scalar scalar => ScalarValue(scalar),
            SequenceStart => List(found.Start, depth),
            _ => Map(found.Start, depth),
        };
        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor.Value] = value;
        }

        return value;
    }

    private Node Unfold(AnchorAlias alias, int depth)
    {
        if (++aliases > DocumentLimits.AliasesMax)
        {
            throw Problem(PlanProblemCodes.TooLarge, $"A document has at most {DocumentLimits.AliasesMax} aliases.", alias.Start);
        }

        if (!anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw Problem(PlanProblemCodes.Syntax, $"The alias '*{alias.Value.Value}' has no finished anchor before it.", alias.Start);
        }

        Grow(target.Count, target.Weight, alias.Start);
        if (depth + target.Depth - 1 > DocumentLimits.DepthMax)
        {
            throw Problem(PlanProblemCodes.TooLarge, $"With the alias '*{alias.Value.Value}' unfolded, objects and arrays are more than {DocumentLimits.DepthMax} inside one another.", alias.Start);
        }

        return target;
    }

    private static Node ScalarValue(Scalar scalar)
    {
        var (line, column) = ((int)scalar.Start.Line, (int)scalar.Start.Column);
        return scalar.Style == ScalarStyle.Plain ? YamlScalars.Plain(scalar.Value, line, column) : new TextNode(Text(scalar), line, column);
    }

    private ListNode List(Mark start, int depth)
    {
        var items = new List<Node>();
        for (var next = Next<ParsingEvent>(); next is not SequenceEnd; next = Next<ParsingEvent>())
        {
            items.Add(Value(next, depth + 1));
        }

        return new ListNode(items, (int)start.Line, (int)start.Column);
    }

    private MapNode Map(Mark start, int depth)
    {
        var members = new List<Member>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var next = Next<ParsingEvent>(); next is not MappingEnd; next = Next<ParsingEvent>())
        {
            var name = Name(next);
            if (!names.Add(name))
            {
                throw Problem(PlanProblemCodes.DuplicateKey, $"The member '{name}' stands twice in one object.", next.Start);
            }

            members.Add(new Member(name, (int)next.Start.Line, (int)next.Start.Column, Value(Next<ParsingEvent>(), depth + 1)));
        }

        return new MapNode(members, (int)start.Line, (int)start.Column);
    }

    private string Name(ParsingEvent found)
    {
        if (found is not Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } scalar)
        {
            throw Problem(PlanProblemCodes.Syntax, "The name of a member is a plain or quoted text, without alias, anchor or tag.", found.Start);
        }

        if (scalar is { Style: ScalarStyle.Plain, Value: "<<" })
        {
            throw Problem(PlanProblemCodes.Syntax, "Merge keys ('<<') are not allowed; write the members out or use an alias for a whole value.", found.Start);
        }

        Grow(0, scalar.Value.Length, found.Start);
        return Text(scalar);
    }

    private static string Text(Scalar scalar) => DocumentText.IsUnicode(scalar.Value)
        ? scalar.Value
        : throw Problem(PlanProblemCodes.Syntax, "The text holds half a surrogate pair, which is no character.", scalar.Start);

    private void Grow(long nodes, long characters, Mark at)
    {
        count += nodes;
        weight += characters;
        if (count > DocumentLimits.NodesMax || weight > DocumentLimits.UnfoldedCharactersMax)
        {
            throw Problem(
                PlanProblemCodes.TooLarge,
                $"With its aliases unfolded a plan's document has at most {DocumentLimits.NodesMax} values and {DocumentLimits.UnfoldedCharactersMax} characters; here it grows beyond.",
                at);
        }
    }

    private T Next<T>()
        where T : ParsingEvent =>
        parser.MoveNext() && parser.Current is T found ? found : throw new DocumentException(PlanProblemCodes.Syntax, "The document ends too early.", 1, 1);

    private static DocumentException Problem(string code, string message, Mark at) => new(code, message, (int)at.Line, (int)at.Column);
}
