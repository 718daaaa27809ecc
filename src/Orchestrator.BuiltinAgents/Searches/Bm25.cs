using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Searches;

/// <summary>How well texts answer words: Okapi BM25, after Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009.</summary>
internal sealed class Bm25
{
    // The values that the paper names as good for most collections.
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly ImmutableArray<Dictionary<string, int>> counts;
    private readonly ImmutableArray<int> lengths;
    private readonly Dictionary<string, int> inTexts = new(StringComparer.Ordinal);
    private readonly double averageLength;

    public Bm25(IEnumerable<string> texts)
    {
        var stems = texts.Select(text => StemsOf(text).ToList()).ToList();
        counts = [.. stems.Select(list => list.GroupBy(stem => stem, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal))];
        lengths = [.. stems.Select(list => list.Count)];
        averageLength = lengths.IsEmpty ? 0 : Math.Max(1, lengths.Average());
        foreach (var stem in counts.SelectMany(count => count.Keys))
        {
            inTexts[stem] = inTexts.GetValueOrDefault(stem) + 1;
        }
    }

    /// <summary>The words of a text that carry meaning, in their stems.</summary>
    public static IEnumerable<string> StemsOf(string text) =>
        Tokenizer.Words(text).Where(word => !StopWords.Contains(word)).Select(word => PorterStemmer.Stem(word.Lower));

    /// <summary>The score of one text; 0 when none of the words is in it. A word asked for twice counts twice.</summary>
    public double Score(int text, IEnumerable<string> stems) => stems.Sum(stem =>
    {
        var count = counts[text].GetValueOrDefault(stem);
        return count == 0 ? 0 : Rarity(stem) * count * (K1 + 1) / (count + (K1 * (1 - B + (B * lengths[text] / averageLength))));
    });

    /// <summary>Those of the words that a text holds.</summary>
    public bool Holds(int text, string stem) => counts[text].ContainsKey(stem);

    private double Rarity(string stem)
    {
        var texts = inTexts.GetValueOrDefault(stem);
        return Math.Log(1 + ((counts.Length - texts + 0.5) / (texts + 0.5)));
    }
}
