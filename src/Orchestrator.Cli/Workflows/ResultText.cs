using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestrator.Cli.Workflows;

/// <summary>Shows any JSON result so that a person likes to read it: texts as texts, lists as lists, rows of alike objects as tables.</summary>
internal static class ResultText
{
    /// <summary>Cells longer than this make a list easier to read than a table.</summary>
    private const int CellMax = 60;
    private const int ColumnsMax = 6;
    private const int RuleWidthMax = 80;
    private const int RowsMax = 200;
    private const int DepthMax = 12;

    public static void Write(IAnsiConsole console, JsonElement result)
    {
        console.WriteLine();
        WriteValue(console, result, depth: 0);
    }

    private static void WriteValue(IAnsiConsole console, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < DepthMax:
                WriteObject(console, value, depth);
                break;
            case JsonValueKind.Array when depth < DepthMax:
                WriteList(console, value, depth);
                break;
            default:
                Paragraph(console, Scalar(value), depth);
                break;
        }
    }

    private static void WriteObject(IAnsiConsole console, JsonElement value, int depth)
    {
        // A finished document inside a result is the result; what else the agent tells of it is for programs.
        if (depth == 0 && MarkdownOf(value) is { } document)
        {
            MarkdownText.Write(console, document);
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (IsEmpty(member.Value))
            {
                continue;
            }

            if (IsScalar(member.Value) && Scalar(member.Value) is var text && !text.Contains('\n') && text.Length <= CellMax)
            {
                console.Write(new Padder(new Markup($"[bold]{Label(member.Name)}:[/] {Markup.Escape(text)}"), Indent(depth)));
                continue;
            }

            Heading(console, Label(member.Name), depth);
            WriteValue(console, member.Value, depth + 1);
        }
    }

    private static void WriteList(IAnsiConsole console, JsonElement list, int depth)
    {
        var items = list.EnumerateArray().Take(RowsMax).ToList();
        if (items.Count > 0 && Columns(items) is { } columns)
        {
            var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
            foreach (var column in columns)
            {
                table.AddColumn(new TableColumn($"[bold]{Label(column)}[/]"));
            }

            foreach (var item in items)
            {
                table.AddRow(columns.Select(column => (IRenderable)new Text(item.TryGetProperty(column, out var cell) ? Scalar(cell) : "")));
            }

            console.Write(new Padder(table, Indent(depth)));
        }
        else
        {
            for (var index = 0; index < items.Count; index++)
            {
                WriteItem(console, items[index], index, depth);
            }
        }

        var left = list.GetArrayLength() - items.Count;
        if (left > 0)
        {
            Paragraph(console, $"… and {left} more; --output json shows all of them.", depth);
        }
    }

    private static void WriteItem(IAnsiConsole console, JsonElement item, int index, int depth)
    {
        if (IsScalar(item))
        {
            console.Write(new Padder(new Markup("• " + Markup.Escape(Scalar(item))), Indent(depth)));
            return;
        }

        console.Write(new Padder(new Markup($"[grey]{index + 1}.[/]"), Indent(depth)));
        WriteValue(console, item, depth + 1);
    }

    /// <summary>The columns of a table, if every item is an object of the same few short values.</summary>
    private static List<string>? Columns(List<JsonElement> items)
    {
        if (items.Any(item => item.ValueKind != JsonValueKind.Object))
        {
            return null;
        }

        var columns = items.SelectMany(item => item.EnumerateObject().Select(member => member.Name)).Distinct(StringComparer.Ordinal).ToList();
        var fits = columns.Count <= ColumnsMax && items.All(item => item.EnumerateObject().All(member =>
            IsScalar(member.Value) && Scalar(member.Value) is var text && text.Length <= CellMax && !text.Contains('\n')));
        return fits && columns.Count > 0 ? columns : null;
    }

    private static string? MarkdownOf(JsonElement value) =>
        value.TryGetProperty("markdown", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static void Heading(IAnsiConsole console, string text, int depth)
    {
        console.WriteLine();
        console.Write(depth == 0
            ? new Narrow(new Rule($"[bold]{text}[/]") { Justification = Justify.Left, Style = new Style(Color.Grey) })
            : new Padder(new Markup($"[bold underline]{text}[/]"), Indent(depth)));
    }

    private static void Paragraph(IAnsiConsole console, string text, int depth) => console.Write(new Padder(new Text(text), Indent(depth)));

    private static Padding Indent(int depth) => new(Math.Min(depth, 6) * 2, 0, 0, 0);

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Clean(value.GetString()!),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null => "–",
        _ => value.GetRawText(),
    };

    /// <summary>Text from agents may hold anything; a terminal obeys escape sequences, so they stay out.</summary>
    internal static string Clean(string text) =>
        text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))
            ? string.Concat(text.Where(c => !char.IsControl(c) || c is '\n' or '\t'))
            : text;

    // "keyTerms" and "key_terms" are both "Key terms".
    private static string Label(string name)
    {
        var words = string.Concat(name.Select((c, i) => c is '_' or '-' ? " " : char.IsUpper(c) && i > 0 && char.IsLower(name[i - 1]) ? " " + char.ToLowerInvariant(c) : c.ToString()));
        return Markup.Escape(Clean(words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words[1..]));
    }

    /// <summary>What fills all the width there is, of which a file has no end.</summary>
    private sealed class Narrow(IRenderable wide) : Renderable
    {
        protected override Measurement Measure(RenderOptions options, int maxWidth) => wide.Measure(options, Math.Min(maxWidth, RuleWidthMax));

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => wide.Render(options, Math.Min(maxWidth, RuleWidthMax));
    }
}
