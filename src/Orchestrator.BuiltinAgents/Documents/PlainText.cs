using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Reads text without markup: every stretch between empty lines is a paragraph.</summary>
internal static partial class PlainText
{
    public static ImmutableArray<Block> Blocks(string text) =>
        [.. SentenceSplitter.Paragraphs(text).Select(paragraph => new Block(HeadingLevel: 0, paragraph))];

    /// <summary>Text taken off pages: a word that was hyphenated at a line's end is whole again.</summary>
    public static ImmutableArray<Block> BlocksOfPages(string text) => Blocks(LineEndHyphen().Replace(text, ""));

    /// <summary>The text with one kind of line break and without control characters, which no reader shows and JSON carries at six bytes each.</summary>
    public static string Clean(string text) =>
        ControlCharacters().Replace(text.ReplaceLineEndings("\n"), "");

    [GeneratedRegex(@"(?<=\p{Ll})[-\u2010\u00AD]\n(?=\p{Ll})", RegexOptions.CultureInvariant)]
    private static partial Regex LineEndHyphen();

    [GeneratedRegex(@"[\u0000-\u0008\u000B\u000E-\u001F\u007F\uFEFF]", RegexOptions.CultureInvariant)]
    private static partial Regex ControlCharacters();
}
