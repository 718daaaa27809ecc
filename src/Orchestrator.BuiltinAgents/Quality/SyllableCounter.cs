using System.Text.RegularExpressions;

namespace Orchestrator.BuiltinAgents.Quality;

/// <summary>Counts the syllables of an English word by its spelling.</summary>
/// <remarks>
/// Each run of vowel letters is a syllable, as in Flesch's own advice to count what one hears. Then the spelling's habits: a final silent e, -es and
/// -ed is none ("make", "makes", "jumped"), but -le after a consonant ("table"), -es after a hiss ("boxes") and -ed after t or d ("wanted") is one;
/// -ism, -thm and -n't after a consonant have one that shows no vowel; some beginnings part two vowels ("giant", "science", "create").
/// It is right for about nine words in ten; other vowels in hiatus ("react", "museum") it misses. A number counts as one.
/// </remarks>
internal static partial class SyllableCounter
{
    public static int Count(string word) => Math.Max(1, word.ToLowerInvariant().Split('-', '\u2010', '\u2011').Sum(CountPart));

    private static int CountPart(string part)
    {
        if (part.Length == 0)
        {
            return 0;
        }

        var count = VowelRuns().Count(part);
        count -= count > 1 && SilentEnd().IsMatch(part) ? 1 : 0;
        count += HiddenSyllable().IsMatch(part) ? 1 : 0;
        count += PartedVowels().IsMatch(part) ? 1 : 0;
        return Math.Max(1, count);
    }

    [GeneratedRegex("[aeiouyàâäáåæèéêëìíîïòóôöøùúûüÿœ]+", RegexOptions.CultureInvariant)]
    private static partial Regex VowelRuns();

    // A final e after a consonant, but not the le of "table"; es but not after a hiss; ed but not after t or d.
    [GeneratedRegex("(?:(?<=[^aeiouyl])e|(?<=[aeiouyl]l)e|(?<=[^aeiouysxzcg]|[aeiouy]l)(?<!ch|sh|[^aeiouy]l)es|(?<=[^aeiouytd])ed)$", RegexOptions.CultureInvariant)]
    private static partial Regex SilentEnd();

    [GeneratedRegex("(?:isms?|[ty]thms?|[^aeiouy]n['’]t)$", RegexOptions.CultureInvariant)]
    private static partial Regex HiddenSyllable();

    [GeneratedRegex("^(?:(?:b|d|g|l|p|r|tr|v)i[aou]|(?:sc|qu|cl|d)ie(?:n|t)|creat[eio])", RegexOptions.CultureInvariant)]
    private static partial Regex PartedVowels();
}
