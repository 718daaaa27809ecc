using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Quality;

/// <summary>How the lengths of a text's sentences are spread, in words.</summary>
internal sealed record SentenceLengths(double Mean, int Median, int Longest, double StandardDeviation, double LongShare);

/// <summary>Everything that is measured about a text before anything is said about it.</summary>
/// <param name="TypeTokenRatio">Different words over words. It falls with length, so it compares only texts of like length.</param>
/// <param name="MovingTypeTokenRatio">The same over a window that moves through the text, which does not depend on length.</param>
internal sealed record TextMeasures(ReadabilityCounts Counts, SentenceLengths Lengths, double TypeTokenRatio, double MovingTypeTokenRatio)
{
    /// <summary>Words over which plain-language guides call a sentence long.</summary>
    public const int LongSentenceWords = 25;

    // Covington and McFall, "Cutting the Gordian knot: the moving-average type-token ratio", Journal of Quantitative Linguistics 17, 2010.
    private const int Window = 50;

    /// <summary>Measures a text of at least one word.</summary>
    public static TextMeasures Of(ImmutableArray<Sentence> sentences)
    {
        var words = sentences.SelectMany(sentence => sentence.Words).ToList();
        var syllables = words.Select(word => word.Lower).Distinct(StringComparer.Ordinal)
            .ToDictionary(word => word, SyllableCounter.Count, StringComparer.Ordinal);
        var counts = new ReadabilityCounts(
            sentences.Length,
            words.Count,
            words.Sum(word => syllables[word.Lower]),
            words.Count(word => syllables[word.Lower] >= 3),
            sentences.Sum(sentence => sentence.Words.Where((word, place) => syllables[word.Lower] >= 3 && IsComplex(word, isFirst: place == 0)).Count()));
        return new TextMeasures(
            counts,
            LengthsOf([.. sentences.Select(sentence => sentence.Words.Length).Order()]),
            (double)syllables.Count / words.Count,
            MovingRatio([.. words.Select(word => word.Lower)]));
    }

    private static bool IsComplex(Word word, bool isFirst)
    {
        var isName = char.IsUpper(word.Text[0]) && !isFirst;
        var root = word.Lower switch
        {
            _ when word.Lower.EndsWith("ing", StringComparison.Ordinal) => word.Lower[..^3],
            _ when word.Lower.EndsWith("es", StringComparison.Ordinal) || word.Lower.EndsWith("ed", StringComparison.Ordinal) => word.Lower[..^2],
            _ => word.Lower,
        };
        return !isName && root.Split('-').Any(part => SyllableCounter.Count(part) >= 3);
    }

    private static SentenceLengths LengthsOf(ImmutableArray<int> sorted)
    {
        var mean = sorted.Average();
        return new SentenceLengths(
            mean,
            sorted[(sorted.Length - 1) / 2],
            sorted[^1],
            Math.Sqrt(sorted.Average(length => (length - mean) * (length - mean))),
            (double)sorted.Count(length => length > LongSentenceWords) / sorted.Length);
    }

    private static double MovingRatio(ImmutableArray<string> words)
    {
        var window = Math.Min(Window, words.Length);
        var inWindow = new Dictionary<string, int>(StringComparer.Ordinal);
        var sum = 0L;
        for (var index = 0; index < words.Length; index++)
        {
            inWindow[words[index]] = inWindow.GetValueOrDefault(words[index]) + 1;
            if (index >= window && --inWindow[words[index - window]] == 0)
            {
                inWindow.Remove(words[index - window]);
            }

            sum += index >= window - 1 ? inWindow.Count : 0;
        }

        return (double)sum / window / (words.Length - window + 1);
    }
}
