using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Summaries;

/// <summary>Ranks the sentences of a text by how much the others say the same.</summary>
/// <remarks>
/// Mihalcea and Tarau, "TextRank: Bringing Order into Texts", EMNLP 2004, section 4: sentences are the nodes of a graph, the weight between
/// two of them is the number of stems they share over the sum of the logarithms of their lengths, and the score is the stationary value of
/// weighted PageRank with damping 0.85. Stop words are left out of both. Equal scores keep the order of the text.
/// </remarks>
internal static class TextRank
{
    private const double Damping = 0.85;
    private const double Tolerance = 1e-6;
    private const int RoundsMax = 200;

    /// <summary>The scores of the sentences, in their order.</summary>
    public static ImmutableArray<double> Score(IReadOnlyList<Sentence> sentences, CancellationToken cancellationToken)
    {
        var bags = sentences.Select(ContentStems).ToArray();
        var neighbours = Similarities(bags, cancellationToken);
        var totals = neighbours.Select(edges => edges.Sum(edge => edge.Weight)).ToArray();
        var incoming = neighbours.Select(edges => edges.Select(edge => (From: edge.To, Share: edge.Weight / totals[edge.To])).ToArray()).ToArray();

        var scores = new double[sentences.Count];
        Array.Fill(scores, 1.0);
        for (var round = 0; round < RoundsMax; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = new double[scores.Length];
            var change = 0.0;
            for (var index = 0; index < scores.Length; index++)
            {
                var received = 0.0;
                foreach (var (from, share) in incoming[index])
                {
                    received += share * scores[from];
                }

                next[index] = (1 - Damping) + (Damping * received);
                change = Math.Max(change, Math.Abs(next[index] - scores[index]));
            }

            scores = next;
            if (change < Tolerance)
            {
                break;
            }
        }

        return [.. scores];
    }

    /// <summary>The best sentences with their scores, in the order of the text.</summary>
    /// <param name="blockMax">Sentences compared with one another at a time. A longer text is first thinned out block by block, each block giving its best.</param>
    public static ImmutableArray<(Sentence Sentence, double Score)> Best(
        IReadOnlyList<Sentence> sentences, int count, int blockMax, CancellationToken cancellationToken)
    {
        while (sentences.Count > blockMax)
        {
            // As many from each block as will fit into one block together, but never so few that the best of all might be lost.
            var blocks = (sentences.Count + blockMax - 1) / blockMax;
            var share = Math.Clamp(blockMax / blocks, min: Math.Min(count, blockMax / 2), max: blockMax / 2);
            sentences = [.. sentences.Chunk(blockMax).SelectMany(block => Top(block, share, cancellationToken)).Select(ranked => ranked.Sentence)];
        }

        return Top(sentences, count, cancellationToken);
    }

    private static ImmutableArray<(Sentence Sentence, double Score)> Top(IReadOnlyList<Sentence> sentences, int count, CancellationToken cancellationToken)
    {
        var scores = Score(sentences, cancellationToken);
        return
        [
            .. sentences.Zip(scores)
                // Rounded, so that two sentences equal up to the last bits of a sum are equal.
                .OrderByDescending(pair => Math.Round(pair.Second, 9)).ThenBy(pair => pair.First.Index)
                .Take(count)
                .OrderBy(pair => pair.First.Index),
        ];
    }

    private static string[] ContentStems(Sentence sentence) =>
        [.. sentence.Words.Zip(sentence.Stems).Where(pair => !StopWords.Contains(pair.First)).Select(pair => pair.Second)];

    // Only sentences that share a stem are ever paired.
    private static List<(int To, double Weight)>[] Similarities(string[][] bags, CancellationToken cancellationToken)
    {
        var holders = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var neighbours = new List<(int To, double Weight)>[bags.Length];
        var shared = new int[bags.Length];
        var logarithms = bags.Select(bag => Math.Log(bag.Length)).ToArray();
        for (var index = 0; index < bags.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            neighbours[index] = [];
            Array.Clear(shared);
            foreach (var stem in bags[index].Distinct(StringComparer.Ordinal))
            {
                if (!holders.TryGetValue(stem, out var earlier))
                {
                    holders.Add(stem, earlier = []);
                }

                foreach (var other in earlier)
                {
                    shared[other]++;
                }

                earlier.Add(index);
            }

            for (var other = 0; other < index; other++)
            {
                // Two sentences of one word each have a length of zero on this scale and no defined similarity.
                if (shared[other] > 0 && logarithms[index] + logarithms[other] > 0)
                {
                    var weight = shared[other] / (logarithms[index] + logarithms[other]);
                    neighbours[index].Add((other, weight));
                    neighbours[other].Add((index, weight));
                }
            }
        }

        return neighbours;
    }
}
