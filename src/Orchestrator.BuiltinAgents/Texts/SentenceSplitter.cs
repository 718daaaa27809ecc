using System.Collections.Frozen;
using System.Text;

namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>Cuts a text into sentences.</summary>
/// <remarks>
/// After the sentence boundaries of Unicode Standard Annex 29 (a terminator, its closing quotes and brackets, then space; no
/// boundary before a small letter), with a list of abbreviations, which the annex leaves to its users. An empty line always ends a sentence, a single
/// line break never does. Runs of white space become one space; otherwise every sentence is a piece of the text, letter for letter.
/// </remarks>
internal static class SentenceSplitter
{
    // A name or a number follows these, so a capital letter after them begins nothing.
    private static readonly FrozenSet<string> NeverLast = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "gov", "sen", "rep", "pres",
        "vs", "cf", "e.g", "i.e", "viz", "al", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "no", "nos", "pp", "ed", "eds", "approx", "ca", "resp");

    // These end a sentence as often as not; what comes next decides.
    private static readonly FrozenSet<string> SometimesLast = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "etc", "inc", "ltd", "co", "corp", "a.m", "p.m", "u.s", "u.k", "b.c", "a.d", "ph.d", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
        "oct", "nov", "dec");

    private const int LookAheadMax = 50;

    public static List<string> Split(string text)
    {
        var sentences = new List<string>();
        foreach (var paragraph in Paragraphs(text))
        {
            SplitParagraph(paragraph, sentences);
        }

        return sentences;
    }

    /// <summary>The paragraphs of a text: what stands between empty lines, with runs of white space made one space.</summary>
    public static List<string> Paragraphs(string text)
    {
        var paragraphs = new List<string>();
        var current = new StringBuilder();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var trimmed = line.Trim();
            if (trimmed.IsEmpty)
            {
                Flush();
                continue;
            }

            AppendCollapsed(current, trimmed);
        }

        Flush();
        return paragraphs;

        void Flush()
        {
            if (current.Length > 0)
            {
                paragraphs.Add(current.ToString());
                current.Clear();
            }
        }
    }

    private static void AppendCollapsed(StringBuilder current, ReadOnlySpan<char> line)
    {
        var spaceOwed = current.Length > 0;
        foreach (var character in line)
        {
            if (char.IsWhiteSpace(character))
            {
                spaceOwed = true;
                continue;
            }

            if (spaceOwed)
            {
                current.Append(' ');
                spaceOwed = false;
            }

            current.Append(character);
        }
    }

    private static void SplitParagraph(string paragraph, List<string> sentences)
    {
        var start = 0;
        for (var position = 0; position < paragraph.Length; position++)
        {
            if (!IsTerminator(paragraph[position]))
            {
                continue;
            }

            var end = position + 1;
            while (end < paragraph.Length && (IsTerminator(paragraph[end]) || IsCloser(paragraph[end])))
            {
                end++;
            }

            if (IsBoundary(paragraph, start, position, end))
            {
                Add(start, end);
                start = end;
            }

            position = end - 1;
        }

        Add(start, paragraph.Length);

        void Add(int from, int to)
        {
            var sentence = paragraph[from..to].Trim();
            if (sentence.Length > 0)
            {
                sentences.Add(sentence);
            }
        }
    }

    private static bool IsBoundary(string paragraph, int start, int terminator, int end)
    {
        if (end == paragraph.Length || IsIdeographicTerminator(paragraph[terminator]))
        {
            return true;
        }

        if (paragraph[end] != ' ')
        {
            return false;
        }

        var next = NextLetterOrDigit(paragraph, end);
        if (next is { } letter && Rune.IsLower(letter))
        {
            return false;
        }

        if (paragraph[terminator] != '.')
        {
            return true;
        }

        var word = WordBefore(paragraph, start, terminator);
        if (NeverLast.Contains(word) || IsInitial(word))
        {
            return false;
        }

        return !SometimesLast.Contains(word) || (next is { } first && Rune.IsUpper(first));
    }

    // "J. S. Bach": one capital letter before a full stop is a name's initial. "I." ends a sentence more often than it begins a name.
    private static bool IsInitial(string word) => word.Length == 1 && char.IsUpper(word[0]) && word[0] != 'I';

    private static string WordBefore(string paragraph, int start, int terminator)
    {
        var begin = terminator;
        while (begin > start && terminator - begin < Tokenizer.WordLengthMax && paragraph[begin - 1] != ' ')
        {
            begin--;
        }

        return paragraph[begin..terminator].TrimStart('(', '[', '"', '\'', '“', '‘', '«');
    }

    // A letter farther off than this has nothing to do with the terminator, and looking for it from every one of many would never end.
    private static Rune? NextLetterOrDigit(string paragraph, int position)
    {
        var end = Math.Min(paragraph.Length, position + LookAheadMax);
        while (position < end)
        {
            Rune.DecodeFromUtf16(paragraph.AsSpan(position), out var rune, out var length);
            if (Rune.IsLetterOrDigit(rune))
            {
                return rune;
            }

            position += length;
        }

        return null;
    }

    private static bool IsTerminator(char character) => character is '.' or '!' or '?' or '…' || IsIdeographicTerminator(character);

    private static bool IsIdeographicTerminator(char character) => character is '。' or '！' or '？';

    private static bool IsCloser(char character) => character is '"' or '\'' or '”' or '’' or ')' or ']' or '»' or '」' or '』';
}
