using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.KeyTerms;

namespace Orchestrator.BuiltinAgents.Graphs;

/// <summary>Two concepts that occur in the same sentences.</summary>
/// <param name="Source">The position of the one in the list of concepts; smaller than <paramref name="Target"/>.</param>
/// <param name="Sentences">The sentences that speak of both, by their positions.</param>
/// <param name="Pmi">Pointwise mutual information in bits: above zero where they meet more often than by chance.</param>
internal sealed record ConceptLink(int Source, int Target, ImmutableArray<int> Sentences, double Pmi);

/// <summary>Which concepts of a text belong together.</summary>
/// <remarks>
/// Church and Hanks, "Word association norms, mutual information, and lexicography", Computational Linguistics 16, 1990, with the sentence as the window:
/// log2 of p(a, b) over p(a) p(b), each the share of sentences that speak of it. A concept inside a longer one ("light" in "red light") does not
/// count where only the longer one stands, or every phrase would be linked to its own words.
/// </remarks>
internal static class ConceptGraph
{
    /// <summary>The links, strongest first: by the number of shared sentences, then by PMI, then by the order of the concepts.</summary>
    public static ImmutableArray<ConceptLink> Links(ImmutableArray<Concept> concepts, int sentenceCount)
    {
        var mentions = concepts
            .SelectMany((concept, index) => concept.Places.Select(place => (Concept: index, Place: place)))
            .GroupBy(mention => mention.Place.Sentence)
            .OrderBy(sentence => sentence.Key);

        var alone = new int[concepts.Length];
        var together = new Dictionary<(int, int), ImmutableArray<int>.Builder>();
        foreach (var sentence in mentions)
        {
            var members = new SortedSet<int>(sentence
                .Where(mention => !sentence.Any(other => Covers(other.Place, mention.Place)))
                .Select(mention => mention.Concept));
            foreach (var one in members)
            {
                alone[one]++;
                foreach (var other in members.GetViewBetween(one + 1, int.MaxValue))
                {
                    if (!together.TryGetValue((one, other), out var shared))
                    {
                        together.Add((one, other), shared = ImmutableArray.CreateBuilder<int>());
                    }

                    shared.Add(sentence.Key);
                }
            }
        }

        return
        [
            .. together
                .Select(pair => new ConceptLink(
                    pair.Key.Item1,
                    pair.Key.Item2,
                    pair.Value.ToImmutable(),
                    Math.Log2((double)pair.Value.Count * sentenceCount / ((double)alone[pair.Key.Item1] * alone[pair.Key.Item2]))))
                .OrderByDescending(link => link.Sentences.Length)
                .ThenByDescending(link => Math.Round(link.Pmi, 9))
                .ThenBy(link => link.Source).ThenBy(link => link.Target),
        ];
    }

    private static bool Covers(ConceptPlace wider, ConceptPlace narrower) =>
        wider.WordCount > narrower.WordCount
        && wider.FirstWord <= narrower.FirstWord
        && wider.FirstWord + wider.WordCount >= narrower.FirstWord + narrower.WordCount;
}
