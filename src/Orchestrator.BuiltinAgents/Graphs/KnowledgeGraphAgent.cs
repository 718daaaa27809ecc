using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Graphs;

/// <summary>Draws which concepts of a text belong together.</summary>
internal sealed class KnowledgeGraphAgent(BuiltinAgentOptions options) : IAgent
{
    private const int EvidenceMax = 5;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "knowledge_graph_agent",
        "Builds a graph of a text's concepts (RAKE) linked where they share sentences, weighted by pointwise mutual information.",
        Actions: ["build_graph", "build_knowledge_graph"],
        Keywords: ["knowledge graph", "concepts", "relations", "ontology"],
        Input: """
            text: string — the text, also as `content`
            nodes: integer = 24 — concepts, 2 to 200
            edges: integer = 60 — links, 1 to 2000
            minShared: integer = 1 — sentences that two concepts must share, 1 to 100
            """,
        Output: """
            nodes: [{ id, label, occurrences, score, degree }]
            edges: [{ source, target, shared, pmi, sentences }] — strongest first; sentences are numbers, at most five
            sentenceCount: integer
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        var nodesMax = input.Integer("nodes", 24, min: 2, max: 200);
        var edgesMax = input.Integer("edges", 60, min: 1, max: 2_000);
        var minShared = input.Integer("minShared", 1, min: 1, max: 100);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var sentences = Sentence.AllOf(text);
        var concepts = Concepts.Of(sentences, Rake.Phrases(sentences, wordsMax: 3), ConceptOrder.Weight, nodesMax, cancellationToken);
        var links = ConceptGraph.Links(concepts, sentences.Length).Where(link => link.Sentences.Length >= minShared).Take(edgesMax).ToImmutableArray();
        return new(AgentJson.Answer(new Output(
            [.. concepts.Select((concept, index) => new Node(
                Id(index), concept.Text, concept.Occurrences, Math.Round(concept.Score, 4), links.Count(link => link.Source == index || link.Target == index)))],
            [.. links.Select(link => new Edge(
                Id(link.Source), Id(link.Target), link.Sentences.Length, Math.Round(link.Pmi, 4),
                [.. link.Sentences.Take(EvidenceMax).Select(sentence => sentences[sentence].Index)]))],
            sentences.Length)));
    }

    private static string Id(int index) => $"c{index + 1}";

    private sealed record Node(string Id, string Label, int Occurrences, double Score, int Degree);

    private sealed record Edge(string Source, string Target, int Shared, double Pmi, ImmutableArray<int> Sentences);

    private sealed record Output(ImmutableArray<Node> Nodes, ImmutableArray<Edge> Edges, int SentenceCount);
}
