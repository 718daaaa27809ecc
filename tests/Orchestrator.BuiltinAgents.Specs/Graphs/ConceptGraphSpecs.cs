using Orchestrator.BuiltinAgents.Graphs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Graphs;

public sealed class When_concepts_are_linked
{
    [Fact]
    public void pmi_is_that_of_the_formula()
    {
        // Four sentences; leaf in two, sun in two, both in one: log2(1 * 4 / (2 * 2)) = 0. Leaf and root share one of 2 and 1: log2(4 / 2) = 1.
        var (concepts, links) = Linked("The leaf and the sun. The leaf and the root. The sun is up. It is so.");

        Pmi(concepts, links, "leaf", "sun").ShouldBe(0, 1e-9);
        Pmi(concepts, links, "leaf", "root").ShouldBe(1, 1e-9);
        links.Length.ShouldBe(2);
    }

    [Fact]
    public void a_phrase_is_not_linked_to_its_own_words()
    {
        var (concepts, links) = Linked("The light is here. The red light is there.");
        concepts.Select(concept => concept.Text).ShouldBe(["light", "red light"], ignoreOrder: true);
        links.ShouldBeEmpty();
    }

    [Fact]
    public async Task the_agent_s_edges_join_its_nodes()
    {
        var output = await Asked.For("knowledge_graph_agent", new { text = Lesson.Markdown, nodes = 12, edges = 20 });
        var ids = output.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()).ToHashSet();
        var edges = output.GetProperty("edges").EnumerateArray().ToList();

        ids.Count.ShouldBe(12);
        edges.Count.ShouldBe(20);
        edges.ShouldAllBe(edge => ids.Contains(edge.GetProperty("source").GetString()) && ids.Contains(edge.GetProperty("target").GetString()));
        edges.Select(edge => edge.GetProperty("shared").GetInt32()).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task a_text_without_concepts_gives_an_empty_graph()
    {
        var output = await Asked.For("knowledge_graph_agent", new { text = "It is what it is." });
        output.GetProperty("nodes").GetArrayLength().ShouldBe(0);
        output.GetProperty("edges").GetArrayLength().ShouldBe(0);
    }

    private static (IReadOnlyList<Concept> Concepts, System.Collections.Immutable.ImmutableArray<ConceptLink> Links) Linked(string text)
    {
        var sentences = Sentence.AllOf(text);
        var concepts = Concepts.Of(sentences, Rake.Phrases(sentences, wordsMax: 3), ConceptOrder.Weight, 50, CancellationToken.None);
        return (concepts, ConceptGraph.Links(concepts, sentences.Length));
    }

    private static double Pmi(IReadOnlyList<Concept> concepts, IEnumerable<ConceptLink> links, string one, string other) =>
        links.Single(link => new[] { concepts[link.Source].Text, concepts[link.Target].Text }.Order().SequenceEqual(new[] { one, other }.Order())).Pmi;
}
