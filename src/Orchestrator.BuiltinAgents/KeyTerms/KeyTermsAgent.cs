using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.KeyTerms;

/// <summary>Names the terms that a text is about.</summary>
internal sealed class KeyTermsAgent(BuiltinAgentOptions options) : IAgent
{
    private const int CountMax = 200;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "key_terms_agent",
        "Names the key terms of a text, with the sentence that introduces each (RAKE).",
        Actions: ["extract_key_terms", "extract_keywords"],
        Keywords: ["key terms", "keywords", "glossary", "vocabulary"],
        Input: """
            text: string — the text, also as `content`
            count: integer = 12 — how many terms, 1 to 200
            wordsMax: integer = 4 — words in a term, 1 to 8
            order: "weight" | "score" = "weight" — by RAKE's score times occurrences, or by RAKE's score alone
            """,
        Output: "terms: [{ term, score, occurrences, sentence }]\ncandidateCount: integer");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        var count = input.Integer("count", 12, min: 1, CountMax);
        var wordsMax = input.Integer("wordsMax", 4, min: 1, max: 8);
        var order = input.Choice("order", "weight", "score");
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var sentences = Sentence.AllOf(text);
        var phrases = Rake.Phrases(sentences, wordsMax);
        var concepts = Concepts.Of(sentences, phrases, order == "weight" ? ConceptOrder.Weight : ConceptOrder.Score, count, cancellationToken);
        return new(AgentJson.Answer(new Output(
            [.. concepts.Select(concept => new Term(
                concept.Text, Math.Round(concept.Score, 4), concept.Occurrences, sentences[concept.Places[0].Sentence].Text))],
            phrases.Length)));
    }

    private sealed record Term(
        [property: System.Text.Json.Serialization.JsonPropertyName("term")] string Text, double Score, int Occurrences, string Sentence);

    private sealed record Output(ImmutableArray<Term> Terms, int CandidateCount);
}
