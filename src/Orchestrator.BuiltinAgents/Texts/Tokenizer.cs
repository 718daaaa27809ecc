using System.Globalization;
using System.Text;

namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>Finds the words of a text.</summary>
/// <remarks>
/// After the word boundaries of Unicode Standard Annex 29, kept simple: a word is a run of letters, digits, marks, joiners and
/// low lines that begins with a letter or digit. An apostrophe or a middle dot between two letters belongs to it (WB6, WB7), a dot
/// or comma between two digits too (WB11, WB12), and every Chinese ideograph or Hiragana letter is a word by itself (WB999).
/// Two rules are ours: a hyphen between letters joins ("light-dependent" is one term of a lesson), and a dot between letters joins only
/// after a single letter ("e.g", "U.S"), because a full stop with a forgotten space is more frequent than a name with a dot.
/// </remarks>
internal static class Tokenizer
{
    /// <summary>The longest word; a longer run, such as an encoded image, is cut into pieces of this many characters.</summary>
    public const int WordLengthMax = 100;

    public static List<Word> Words(string text)
    {
        var words = new List<Word>();
        var position = 0;
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length);
            if (!Rune.IsLetterOrDigit(rune))
            {
                position += length;
                continue;
            }

            var end = IsWordAlone(rune) ? position + length : EndOfWord(text, position + length, rune, position);
            var word = text[position..end];
            words.Add(new Word(position, word, word.ToLowerInvariant()));
            position = end;
        }

        return words;
    }

    private static int EndOfWord(string text, int position, Rune previous, int start)
    {
        while (position < text.Length && position - start < WordLengthMax)
        {
            Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length);
            if (Continues(rune))
            {
                // A mark or joiner says nothing about what it stands on.
                previous = Rune.IsLetterOrDigit(rune) ? rune : previous;
                position += length;
                continue;
            }

            if (position + length < text.Length
                && Rune.DecodeFromUtf16(text.AsSpan(position + length), out var next, out var nextLength) == System.Buffers.OperationStatus.Done
                && Joins(previous, rune, next, isSecondLetter: position - start == 1))
            {
                previous = next;
                position += length + nextLength;
                continue;
            }

            break;
        }

        return position;
    }

    private static bool Continues(Rune rune) =>
        (Rune.IsLetterOrDigit(rune) && !IsWordAlone(rune))
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.Format;

    private static bool Joins(Rune previous, Rune joint, Rune next, bool isSecondLetter) => joint.Value switch
    {
        '\'' or '’' or '·' or '-' or '\u2010' or '\u2011' => IsJoinable(previous) && IsJoinable(next),
        '.' => (Rune.IsDigit(previous) && Rune.IsDigit(next)) || (isSecondLetter && IsJoinable(previous) && IsJoinable(next)),
        ',' => Rune.IsDigit(previous) && Rune.IsDigit(next),
        _ => false,
    };

    private static bool IsJoinable(Rune rune) => Rune.IsLetter(rune) && !IsWordAlone(rune);

    private static bool IsWordAlone(Rune rune) => rune.Value is
        (>= 0x3041 and <= 0x309F) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x3FFFF);
}
