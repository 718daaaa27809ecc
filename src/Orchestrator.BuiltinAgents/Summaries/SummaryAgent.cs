using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Summaries;

/// <summary>Summarises a text by its own most central sentences.</summary>
internal sealed class SummaryAgent(BuiltinAgentOptions options) : IAgent
{
    private const int SentencesMax = 100;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "summary_agent",
        "Summarises a text by its own most central sentences (TextRank).",
        Actions: ["summarize", "summarize_content"],
        Keywords: ["summary", "summarize", "summarise", "abstract", "shorten"],
        Input: "text: string — the text, also as `content`\nsentences: integer = 5 — how many to keep, 1 to 100",
        Output: "summary: string\nsentences: [{ text, index, score }] in the order of the text\nsentenceCount: integer — sentences read\ncompression: number — words kept over words read");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        var count = input.Integer("sentences", 5, min: 1, SentencesMax);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var sentences = Sentence.AllOf(text);
        if (sentences.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "summary_agent found no word in 'text', so there is no sentence to keep."));
        }

        var best = TextRank.Best(sentences, count, options.RankedSentencesMax, cancellationToken);
        var wordsKept = best.Sum(ranked => ranked.Sentence.Words.Length);
        return new(AgentJson.Answer(new Output(
            string.Join(' ', best.Select(ranked => ranked.Sentence.Text)),
            [.. best.Select(ranked => new Kept(ranked.Sentence.Text, ranked.Sentence.Index, Math.Round(ranked.Score, 4)))],
            sentences.Length,
            Math.Round((double)wordsKept / sentences.Sum(sentence => sentence.Words.Length), 4))));
    }

    private sealed record Kept(string Text, int Index, double Score);

    private sealed record Output(string Summary, ImmutableArray<Kept> Sentences, int SentenceCount, double Compression);
}
