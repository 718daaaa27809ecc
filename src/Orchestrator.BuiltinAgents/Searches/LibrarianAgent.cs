using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Searches;

/// <summary>Finds the documents that answer a question, among those it is given.</summary>
internal sealed class LibrarianAgent(BuiltinAgentOptions options) : IAgent
{
    private const int CountMax = 100;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "kb_librarian",
        "Finds the documents that answer a question, the best first (BM25).",
        Actions: ["search_documents"],
        Keywords: ["search", "find", "lookup", "knowledge", "what is"],
        Input: """
            query: string — the question, also as `content`
            documents: [string | { id?, text }] — what is searched
            count: integer = 10 — how many at most, 1 to 100
            """,
        Output: "results: [{ id, score, sentence }] — the sentence that answers best\nsearched: integer",
        TakesAnyAction: true);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var query = input.RequiredText("query", "content");
        var documents = SearchedDocument.ListOf(input, "documents");
        var count = input.Integer("count", 10, min: 1, CountMax);
        if (!input.Has("documents"))
        {
            input.Complain("'documents'", "the texts to search", "nothing");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var stems = Bm25.StemsOf(query).ToList();
        var index = new Bm25(documents.Select(document => document.Text));
        return new(AgentJson.Answer(new Output(
            [.. documents
                .Select((document, place) => (Document: document, Score: index.Score(place, stems)))
                .Where(found => found.Score > 0)
                .OrderByDescending(found => found.Score).ThenBy(found => found.Document.Id, StringComparer.Ordinal)
                .Take(count)
                .Select(found => new Result(found.Document.Id, Math.Round(found.Score, 4), BestSentence(found.Document.Text, stems)))],
            documents.Length)));
    }

    private static string BestSentence(string text, List<string> stems)
    {
        var sentences = Sentence.AllOf(text);
        var index = new Bm25(sentences.Select(sentence => sentence.Text));
        return sentences.Select((sentence, place) => (sentence.Text, Score: index.Score(place, stems))).MaxBy(found => found.Score).Text ?? "";
    }

    private sealed record Result(string Id, double Score, string Sentence);

    private sealed record Output(ImmutableArray<Result> Results, int Searched);
}
