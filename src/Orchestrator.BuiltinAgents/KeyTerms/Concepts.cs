using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.KeyTerms;

/// <summary>Where a concept stands: the sentence's position in the list, its first word, and how many words.</summary>
internal readonly record struct ConceptPlace(int Sentence, int FirstWord, int WordCount);

/// <summary>A key phrase with every place where the text speaks of it, in whatever grammatical form.</summary>
/// <param name="IsIntroduced">Whether it stands somewhere after an article, a preposition or the like, as nouns do and verbs do not.</param>
internal sealed record Concept(string Text, ImmutableArray<string> Stems, double Score, ImmutableArray<ConceptPlace> Places, bool IsIntroduced)
{
    public int Occurrences => Places.Length;

    /// <summary>A long phrase that comes once scores high in RAKE; what a lesson is about comes again and again.</summary>
    public double Weight => Score * Occurrences;

    /// <summary>0 for what looks like a term and comes again, 1 for what looks like one, 2 for the rest.</summary>
    public int Rank => (IsIntroduced, Occurrences) switch
    {
        (true, > 1) => 0,
        (true, _) => 1,
        _ => 2,
    };
}

/// <summary>By what the best concepts are chosen.</summary>
internal enum ConceptOrder
{
    /// <summary>RAKE's score alone, as in the paper.</summary>
    Score,

    /// <summary>First what looks like a noun and comes again; then RAKE's score times the number of occurrences, those inside longer phrases included.</summary>
    Weight,
}

/// <summary>Makes concepts of key phrases: phrases with the same stems are one concept, found wherever its stems stand in a row.</summary>
internal static class Concepts
{
    // Enough to choose the best from, few enough to look for in every sentence.
    private const int CandidatesMax = 2_000;

    // RAKE knows no parts of speech, and offers "keep" and "light reaches" with the terms. What stands before a word tells a good deal.
    private static readonly FrozenSet<string> Introducers = FrozenSet.Create(
        StringComparer.Ordinal,
        "a", "an", "the", "this", "these", "those", "each", "every", "some", "any", "no", "another", "such", "many", "most", "several", "few", "all", "both",
        "my", "your", "his", "her", "its", "our", "their", "one", "two", "three", "four", "five", "six", "of", "in", "on", "at", "from", "with", "without",
        "for", "into", "through", "between", "inside", "about", "against", "per", "via", "called", "named");

    public static ImmutableArray<Concept> Of(
        ImmutableArray<Sentence> sentences, ImmutableArray<KeyPhrase> phrases, ConceptOrder order, int count, CancellationToken cancellationToken)
    {
        var candidates = phrases
            .GroupBy(phrase => Key(phrase.Words.Select(PorterStemmer.Stem)), StringComparer.Ordinal)
            .Select(group => (group.Key, Phrase: group.MaxBy(phrase => phrase.Frequency)!, Score: group.Max(phrase => phrase.Score), Frequency: group.Sum(phrase => phrase.Frequency)))
            .OrderByDescending(candidate => order == ConceptOrder.Score ? Math.Round(candidate.Score, 9) : Math.Round(candidate.Score * candidate.Frequency, 9))
            .ThenBy(candidate => candidate.Key, StringComparer.Ordinal)
            .Take(CandidatesMax)
            .ToList();

        var places = candidates.ToDictionary(candidate => candidate.Key, _ => ImmutableArray.CreateBuilder<ConceptPlace>(), StringComparer.Ordinal);
        var wordsMax = candidates.Select(candidate => candidate.Phrase.Words.Length).DefaultIfEmpty(0).Max();
        for (var index = 0; index < sentences.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Locate(index, sentences[index].Stems, wordsMax, places);
        }

        return
        [
            .. candidates
                .Select(candidate => new Concept(
                    candidate.Phrase.Text,
                    [.. candidate.Phrase.Words.Select(PorterStemmer.Stem)],
                    candidate.Score,
                    places[candidate.Key].ToImmutable(),
                    places[candidate.Key].Any(place => place.FirstWord > 0 && Introducers.Contains(sentences[place.Sentence].Words[place.FirstWord - 1].Lower))))
                .OrderBy(concept => order == ConceptOrder.Score ? 0 : concept.Rank)
                .ThenByDescending(concept => Math.Round(order == ConceptOrder.Score ? concept.Score : concept.Weight, 9))
                .ThenByDescending(concept => concept.Occurrences)
                .ThenBy(concept => Key(concept.Stems), StringComparer.Ordinal)
                .Take(count),
        ];
    }

    private static void Locate(int sentence, ImmutableArray<string> stems, int wordsMax, Dictionary<string, ImmutableArray<ConceptPlace>.Builder> places)
    {
        for (var first = 0; first < stems.Length; first++)
        {
            var key = "";
            for (var length = 1; length <= wordsMax && first + length <= stems.Length; length++)
            {
                key = length == 1 ? stems[first] : $"{key} {stems[first + length - 1]}";
                if (places.TryGetValue(key, out var found))
                {
                    found.Add(new ConceptPlace(sentence, first, length));
                }
            }
        }
    }

    private static string Key(IEnumerable<string> stems) => string.Join(' ', stems);
}
