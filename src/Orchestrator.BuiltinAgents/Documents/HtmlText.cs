using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Reads the headings and paragraphs of an HTML page and leaves out what is not its text: scripts, styles, navigation, forms.</summary>
/// <remarks>Nothing is fetched and nothing runs. The page is walked with a stack of our own, because a hostile one nests deeper than a thread's.</remarks>
internal static partial class HtmlText
{
    /// <summary>Elements within elements. Parsing takes time with the square of this; a page made by people or programs stays under a hundred.</summary>
    public const int DepthMax = 1_000;

    private static readonly FrozenSet<string> LeftOut = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "textarea", "iframe", "object", "embed",
        "svg", "math", "canvas", "audio", "video", "head");

    private static readonly FrozenSet<string> Inline = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s",
        "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img", "label", "big");

    // These have no content, or are closed by the next of their kind.
    private static readonly FrozenSet<string> NeverNested = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rp", "rt", "colgroup");

    /// <summary>Whether the page's tags nest deeper than we parse, judged by counting them.</summary>
    public static bool IsTooDeep(string html)
    {
        var depth = 0;
        var names = NeverNested.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var tag in Tag().EnumerateMatches(html))
        {
            var name = html.AsSpan(tag.Index + 1, tag.Length - 1);
            var closes = name[0] == '/';
            if (!names.Contains(closes ? name[1..] : name))
            {
                depth = Math.Max(0, depth + (closes ? -1 : 1));
                if (depth > DepthMax)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reads a page that is not too deep.</summary>
    public static (string? Title, ImmutableArray<Block> Blocks) Read(string html)
    {
        using var document = new HtmlParser().ParseDocument(LoneBracket().Replace(html, "&lt;"));
        var title = SentenceSplitter.Paragraphs(document.Title ?? "");
        var walk = new Walk();
        walk.Over(document.DocumentElement);
        return (title.Count == 0 ? null : title[0], walk.Blocks);
    }

    // What opens no tag is text. The parser would add it to that text one character at a time, and a megabyte of it takes minutes.
    [GeneratedRegex("<(?![a-z/!?])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LoneBracket();

    [GeneratedRegex("</?[a-z][a-z0-9]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    private sealed class Walk
    {
        private readonly ImmutableArray<Block>.Builder blocks = ImmutableArray.CreateBuilder<Block>();
        private readonly StringBuilder current = new();
        private int headingLevel;

        public ImmutableArray<Block> Blocks => blocks.ToImmutable();

        public void Over(INode root)
        {
            var path = new Stack<(INode Node, int NextChild)>();
            path.Push((root, 0));
            while (path.TryPop(out var at))
            {
                if (at.NextChild == at.Node.ChildNodes.Length)
                {
                    Leave(at.Node);
                    continue;
                }

                path.Push((at.Node, at.NextChild + 1));
                var child = at.Node.ChildNodes[at.NextChild];
                if (Enter(child))
                {
                    path.Push((child, 0));
                }
            }

            Flush();
        }

        private bool Enter(INode node)
        {
            if (node is IText text)
            {
                current.Append(text.Data);
                return false;
            }

            if (node is not IElement element || LeftOut.Contains(element.LocalName) || element.HasAttribute("hidden"))
            {
                return false;
            }

            if (element.LocalName is "br" or "td" or "th")
            {
                current.Append(' ');
            }
            else if (!Inline.Contains(element.LocalName))
            {
                Flush();
                headingLevel = HeadingLevelOf(element) is > 0 and var level ? level : headingLevel;
            }

            return true;
        }

        private void Leave(INode node)
        {
            if (node is IElement element && !Inline.Contains(element.LocalName) && element.LocalName is not ("br" or "td" or "th"))
            {
                Flush();
                headingLevel = HeadingLevelOf(element) > 0 ? 0 : headingLevel;
            }
        }

        private static int HeadingLevelOf(IElement element) =>
            element.LocalName is ['h', >= '1' and <= '6' and var digit] ? digit - '0' : 0;

        private void Flush()
        {
            // An empty line in a paragraph's source is white space like any other.
            var text = string.Join(' ', SentenceSplitter.Paragraphs(PlainText.Clean(current.ToString())));
            current.Clear();
            if (text.Length > 0)
            {
                blocks.Add(new Block(headingLevel, text));
            }
        }
    }
}
