using System.Collections.Frozen;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>What language a text seems to be in.</summary>
/// <param name="Code">ISO 639-1, or <c>und</c> where nothing speaks for any language.</param>
/// <param name="Confidence">From 0 to 1: the share of the evidence that speaks for this language.</param>
internal readonly record struct Language(string Code, double Confidence)
{
    private const int WordsRead = 5_000;

    private static readonly FrozenDictionary<string, FrozenSet<string>> SmallWords = new Dictionary<string, string[]>
    {
        ["en"] = ["the", "of", "and", "to", "in", "is", "that", "it", "was", "for", "with", "are", "this", "from", "which", "by", "be", "have", "not", "they"],
        ["de"] = ["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "zu", "mit", "den", "von", "auf", "sich", "auch", "wird", "dem", "für", "im", "sind"],
        ["fr"] = ["le", "la", "les", "et", "des", "est", "dans", "une", "du", "que", "pour", "qui", "pas", "sur", "au", "plus", "ce", "avec", "sont", "aux"],
        ["es"] = ["el", "la", "los", "y", "que", "de", "las", "una", "por", "con", "para", "del", "es", "se", "su", "como", "más", "al", "pero", "son"],
        ["it"] = ["il", "di", "che", "e", "la", "della", "per", "non", "una", "sono", "con", "gli", "del", "nel", "è", "anche", "più", "dei", "alla", "si"],
        ["pt"] = ["o", "de", "que", "e", "do", "da", "em", "um", "para", "não", "uma", "os", "no", "se", "na", "por", "mais", "as", "dos", "são"],
        ["nl"] = ["de", "het", "een", "en", "van", "is", "dat", "niet", "zijn", "op", "te", "voor", "met", "die", "aan", "ook", "maar", "wordt", "naar", "door"],
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    public static Language Unknown { get; } = new("und", 0);

    /// <summary>Guesses from the first few thousand words.</summary>
    /// <remarks>
    /// The "small word" technique of Grefenstette, "Comparing two language identification schemes", JADT 1995: count the words that each
    /// language uses most. Scripts which one language has to itself decide by their letters.
    /// </remarks>
    public static Language Guess(IEnumerable<Word> words)
    {
        var hits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in words.Take(WordsRead))
        {
            if (ScriptOf(word.Lower[0]) is { } script)
            {
                hits[script] = hits.GetValueOrDefault(script) + 1;
            }

            foreach (var (code, small) in SmallWords)
            {
                if (small.Contains(word.Lower))
                {
                    hits[code] = hits.GetValueOrDefault(code) + 1;
                }
            }
        }

        // Japanese writes Chinese ideographs among its own letters; its own letters decide.
        if (hits.ContainsKey("ja") && hits.Remove("zh", out var ideographs))
        {
            hits["ja"] += ideographs;
        }

        if (hits.Count == 0)
        {
            return Unknown;
        }

        var best = hits.OrderByDescending(hit => hit.Value).ThenBy(hit => hit.Key, StringComparer.Ordinal).First();
        return new Language(best.Key, Math.Round((double)best.Value / hits.Values.Sum(), 2));
    }

    private static string? ScriptOf(char letter) => letter switch
    {
        >= '\u3041' and <= '\u30FF' => "ja",
        >= '\u4E00' and <= '\u9FFF' => "zh",
        >= '\uAC00' and <= '\uD7AF' => "ko",
        >= '\u0370' and <= '\u03FF' => "el",
        >= '\u0590' and <= '\u05FF' => "he",
        >= '\u0E00' and <= '\u0E7F' => "th",
        _ => null,
    };
}
