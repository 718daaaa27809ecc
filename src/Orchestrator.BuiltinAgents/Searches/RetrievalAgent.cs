using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Searches;

/// <summary>Answers a question with the sentences of given documents that speak of it, word for word and with their places. It writes nothing of its own.</summary>
internal sealed class RetrievalAgent(BuiltinAgentOptions options) : IAgent
{
    private const int CountMax = 50;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "rag_agent",
        "Answers a question with the sentences of given documents that speak of it (BM25), each with its source.",
        Actions: ["answer_from_documents"],
        Keywords: ["analyze", "summarize", "synthesize", "documents"],
        Input: """
            query: string — the question, also as `content`
            documents: [string | { id?, text }] — where the answer is looked for
            count: integer = 5 — how many sentences at most, 1 to 50
            """,
        Output: "answer: string — the sentences in the order of their documents\nsources: [{ id, sentence, score }]",
        TakesAnyAction: true);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var query = input.RequiredText("query", "content");
        var documents = SearchedDocument.ListOf(input, "documents");
        var count = input.Integer("count", 5, min: 1, CountMax);
        if (!input.Has("documents"))
        {
            input.Complain("'documents'", "the texts to answer from", "nothing");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var passages = documents.SelectMany(document => Sentence.AllOf(document.Text).Select(sentence => (document.Id, sentence.Text))).ToList();
        var index = new Bm25(passages.Select(passage => passage.Text));
        var stems = Bm25.StemsOf(query).ToList();
        var best = passages
            .Select((passage, place) => (passage.Id, passage.Text, Place: place, Score: index.Score(place, stems)))
            .Where(found => found.Score > 0)
            .OrderByDescending(found => found.Score).ThenBy(found => found.Place)
            .Take(count)
            .ToList();
        return new(best.Count == 0
            ? AgentAnswer.Fail(AgentFailures.NothingToDo, "rag_agent found nothing in the documents that speaks of the question.")
            : AgentJson.Answer(new Output(
                string.Join(' ', best.OrderBy(found => found.Place).Select(found => found.Text)),
                [.. best.Select(found => new Source(found.Id, found.Text, Math.Round(found.Score, 4)))])));
    }

    private sealed record Source(string Id, string Sentence, double Score);

    private sealed record Output(string Answer, ImmutableArray<Source> Sources);
}
