using System.Buffers;
using System.Globalization;
using System.Text;

namespace Orchestrator.BuiltinAgents.MindMaps;

/// <summary>Writes a tree as a Mermaid mind map.</summary>
/// <remarks>
/// Every label is quoted, and whatever in it is not a letter, a digit, a space or plain punctuation after a letter is written as one of Mermaid's character
/// codes (<c>#35;</c>), so no text can end its quotes, open a comment, add a node, or be taken for Markdown or HTML.
/// </remarks>
internal static class MermaidMindMap
{
    /// <summary>Characters of a label that are shown; a mind map is no place for sentences.</summary>
    public const int LabelLengthMax = 80;

    private static readonly SearchValues<char> PlainPunctuation = SearchValues.Create(".,:!?'’–—-/…");

    public static string Write(MindMapNode root)
    {
        var text = new StringBuilder("mindmap\n  root((\"").Append(Escape(root.Label)).Append("\"))\n");
        var number = 0;
        foreach (var child in root.Children)
        {
            Write(child, depth: 2);
        }

        return text.ToString();

        void Write(MindMapNode node, int depth)
        {
            var (open, close) = node.Children.IsEmpty ? ('(', ')') : ('[', ']');
            text.Append(' ', depth * 2).Append('n').Append(++number).Append(open).Append('"').Append(Escape(node.Label)).Append('"').Append(close).Append('\n');
            foreach (var child in node.Children)
            {
                Write(child, depth + 1);
            }
        }
    }

    public static string Escape(string label)
    {
        var escaped = new StringBuilder();
        var afterLetter = false;
        var shown = 0;
        foreach (var rune in label.Trim().EnumerateRunes())
        {
            if (shown++ == LabelLengthMax)
            {
                return escaped.Append('…').ToString();
            }

            var isLetter = Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (isLetter)
            {
                escaped.Append(rune);
            }
            else if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                escaped.Append(' ');
            }
            else if (afterLetter && rune.IsBmp && PlainPunctuation.Contains((char)rune.Value))
            {
                escaped.Append(rune);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
            }

            // "1." at the start of a label would make it a list.
            afterLetter = Rune.IsLetter(rune);
        }

        return escaped.ToString();
    }
}
