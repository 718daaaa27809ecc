using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Graphs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.MindMaps;

/// <summary>Grows the tree of a mind map: along a document's headings where it has them, else along the links of its concepts.</summary>
internal static class MindMapTree
{
    /// <param name="sections">At most six levels deep, as headings are.</param>
    /// <param name="termsMax">Key terms at a branch. Each term hangs where the text speaks of it most.</param>
    public static MindMapNode OfSections(string? title, ImmutableArray<Section> sections, int termsMax, CancellationToken cancellationToken)
    {
        // Sentences of all sections in a row, so that a place tells its section.
        var owner = new List<int>();
        var sentences = ImmutableArray.CreateBuilder<Sentence>();
        for (var index = 0; index < sections.Length; index++)
        {
            var own = Sentence.AllOf(sections[index].Text);
            sentences.AddRange(own);
            owner.AddRange(Enumerable.Repeat(index, own.Length));
        }

        var all = sentences.DrainToImmutable();
        var concepts = Concepts.Of(all, Rake.Phrases(all, wordsMax: 3), ConceptOrder.Weight, sections.Length * termsMax * 4, cancellationToken);
        var terms = sections.Select(_ => new List<Concept>()).ToArray();
        foreach (var concept in concepts)
        {
            var home = concept.Places.GroupBy(place => owner[place.Sentence]).OrderByDescending(places => places.Count()).ThenBy(places => places.Key).First().Key;
            var isSaid = sections[home].Heading?.Contains(concept.Text, StringComparison.OrdinalIgnoreCase) == true
                || terms[home].Any(other => other.Stems.Intersect(concept.Stems).Any());
            if (terms[home].Count < termsMax && !isSaid)
            {
                terms[home].Add(concept);
            }
        }

        var root = title ?? sections.FirstOrDefault(section => section.Heading is not null)?.Heading ?? concepts.FirstOrDefault()?.Text ?? "Document";
        var next = 0;
        return new MindMapNode(root, Branches(level: 0));

        // The sections from `next` that lie deeper than the level, each with those that lie deeper than it.
        ImmutableArray<MindMapNode> Branches(int level)
        {
            var branches = ImmutableArray.CreateBuilder<MindMapNode>();
            while (next < sections.Length && (level == 0 || sections[next].Level > level))
            {
                var at = next++;
                ImmutableArray<MindMapNode> leaves = [.. terms[at].Select(term => MindMapNode.Leaf(term.Text))];
                var isRoot = sections[at].Heading is not { } heading || string.Equals(heading, root, StringComparison.Ordinal);
                if (isRoot && level == 0)
                {
                    // What the title's own heading, or no heading, stands over belongs to the middle of the map.
                    branches.AddRange(leaves);
                    continue;
                }

                branches.Add(new MindMapNode(sections[at].Heading ?? root, [.. leaves, .. Branches(Math.Max(1, sections[at].Level))]));
            }

            return branches.DrainToImmutable();
        }
    }

    public static MindMapNode OfText(string? title, string text, int branches, int termsMax, CancellationToken cancellationToken)
    {
        var sentences = Sentence.AllOf(text);
        var concepts = Concepts.Of(sentences, Rake.Phrases(sentences, wordsMax: 3), ConceptOrder.Weight, (branches * (termsMax + 1)) + 1, cancellationToken);
        if (concepts.IsEmpty)
        {
            return MindMapNode.Leaf(title ?? SentenceSplitter.Split(text)[0]);
        }

        var first = title is null ? 1 : 0;
        var stems = concepts.Skip(first).Take(branches).ToImmutableArray();
        var links = ConceptGraph.Links(concepts, sentences.Length);
        var placed = new HashSet<int>(Enumerable.Range(0, first + stems.Length));
        return new MindMapNode(title ?? concepts[0].Text, [.. stems.Select((stem, index) => new MindMapNode(stem.Text, LeavesOf(first + index)))]);

        ImmutableArray<MindMapNode> LeavesOf(int concept) =>
        [
            .. links
                .Where(link => link.Source == concept || link.Target == concept)
                .Select(link => link.Source == concept ? link.Target : link.Source)
                .Where(placed.Add)
                .Take(termsMax)
                .Select(other => MindMapNode.Leaf(concepts[other].Text)),
        ];
    }
}
