using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.KeyTerms;

/// <summary>A phrase that a text may be about.</summary>
/// <param name="Text">As the text writes it most often.</param>
/// <param name="Words">In small letters.</param>
/// <param name="Score">The sum of the scores of its words.</param>
/// <param name="Frequency">How often it occurs as a whole candidate.</param>
internal sealed record KeyPhrase(string Text, ImmutableArray<string> Words, double Score, int Frequency)
{
    public string Key => string.Join(' ', Words);
}

/// <summary>Finds the key phrases of a text.</summary>
/// <remarks>
/// Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual documents", in Text Mining: Applications and Theory,
/// 2010: candidates are the runs of words between stop words and punctuation; a word scores its degree (the summed lengths of the
/// candidates it occurs in) over its frequency; a candidate scores the sum of its words. Numbers and single letters delimit like stop words.
/// The paper's joining of candidates across a stop word ("axis of evil") is not done.
/// </remarks>
internal static class Rake
{
    /// <summary>Every distinct candidate of at most so many words, best first; equal scores are ordered by frequency, then by letters.</summary>
    public static ImmutableArray<KeyPhrase> Phrases(IEnumerable<Sentence> sentences, int wordsMax)
    {
        var candidates = sentences.SelectMany(Candidates).ToList();
        var frequency = new Dictionary<string, int>(StringComparer.Ordinal);
        var degree = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            foreach (var word in candidate)
            {
                frequency[word.Lower] = frequency.GetValueOrDefault(word.Lower) + 1;
                degree[word.Lower] = degree.GetValueOrDefault(word.Lower) + candidate.Length;
            }
        }

        return
        [
            .. candidates
                .Where(candidate => candidate.Length <= wordsMax)
                .GroupBy(candidate => string.Join(' ', candidate.Select(word => word.Lower)), StringComparer.Ordinal)
                .Select(group => new KeyPhrase(
                    CommonestForm(group),
                    [.. group.First().Select(word => word.Lower)],
                    group.First().Sum(word => (double)degree[word.Lower] / frequency[word.Lower]),
                    group.Count()))
                .OrderByDescending(phrase => Math.Round(phrase.Score, 9))
                .ThenByDescending(phrase => phrase.Frequency)
                .ThenBy(phrase => phrase.Key, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<ImmutableArray<Word>> Candidates(Sentence sentence)
    {
        var current = ImmutableArray.CreateBuilder<Word>();
        foreach (var word in sentence.Words)
        {
            var follows = current.Count == 0 || sentence.Text.AsSpan(current[^1].End, word.Start - current[^1].End).IsWhiteSpace();
            var delimits = word.Text.Length == 1 || !word.HasLetter || StopWords.Contains(word);
            if ((delimits || !follows) && current.Count > 0)
            {
                yield return current.DrainToImmutable();
            }

            if (!delimits)
            {
                current.Add(word);
            }
        }

        if (current.Count > 0)
        {
            yield return current.DrainToImmutable();
        }
    }

    // A capital at the start of a sentence is not the word's own: of two forms equally common the one in small letters wins.
    private static string CommonestForm(IEnumerable<ImmutableArray<Word>> occurrences) =>
        occurrences
            .GroupBy(words => string.Join(' ', words.Select(word => word.Text)), StringComparer.Ordinal)
            .OrderByDescending(forms => forms.Count())
            .ThenByDescending(forms => forms.Key, StringComparer.Ordinal)
            .First().Key;
}
