using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Documents;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Quality;

/// <summary>Measures how a text reads, and says what would make it read better.</summary>
internal sealed class ContentQualityAgent(BuiltinAgentOptions options) : IAgent
{
    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "content_quality_agent",
        "Measures readability (Flesch, Flesch–Kincaid, Gunning fog, SMOG), vocabulary and sentence lengths, and suggests improvements.",
        Actions: ["check_quality", "check_content_quality"],
        Keywords: ["quality", "readability", "review", "grade level"],
        Input: "text: string — the text, also as `content`\ngradeMax: integer = 10 — the school grade it should not exceed, 1 to 18",
        Output: """
            verdict: "good" | "revise" — revise where there is a suggestion
            band: string — Flesch's word for the reading ease
            readability: { fleschReadingEase, fleschKincaidGrade, gunningFog, smog }
            vocabulary: { typeTokenRatio, movingTypeTokenRatio }
            sentenceLengths: { mean, median, longest, standardDeviation, longShare }
            counts: { sentences, words, syllables, polysyllables, complexWords }
            suggestions: [{ code, message }], caveats: [string]
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        var gradeMax = input.Integer("gradeMax", 10, min: 1, max: 18);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var sentences = Sentence.AllOf(text);
        if (sentences.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "content_quality_agent found no word in 'text', so there is nothing to measure."));
        }

        var measures = TextMeasures.Of(sentences);
        var suggestions = QualityAdvice.For(measures, gradeMax);
        var counts = measures.Counts;
        var lengths = measures.Lengths;
        return new(AgentJson.Answer(new Output(
            suggestions.IsEmpty ? "good" : "revise",
            ReadabilityCounts.BandOf(counts.FleschReadingEase),
            new(Round(counts.FleschReadingEase), Round(counts.FleschKincaidGrade), Round(counts.GunningFog), Round(counts.Smog)),
            new(Round(measures.TypeTokenRatio), Round(measures.MovingTypeTokenRatio)),
            new(Round(lengths.Mean), lengths.Median, lengths.Longest, Round(lengths.StandardDeviation), Round(lengths.LongShare)),
            new(counts.Sentences, counts.Words, counts.Syllables, counts.Polysyllables, counts.ComplexWords),
            suggestions,
            QualityAdvice.Caveats(measures, Language.Guess(sentences.SelectMany(sentence => sentence.Words)).Code))));
    }

    private static double Round(double value) => Math.Round(value, 2);

    private sealed record Grades(double FleschReadingEase, double FleschKincaidGrade, double GunningFog, double Smog);

    private sealed record Vocabulary(double TypeTokenRatio, double MovingTypeTokenRatio);

    private sealed record Counted(int Sentences, int Words, int Syllables, int Polysyllables, int ComplexWords);

    private sealed record Output(
        string Verdict, string Band, Grades Readability, Vocabulary Vocabulary, SentenceLengths SentenceLengths, Counted Counts,
        ImmutableArray<Suggestion> Suggestions, ImmutableArray<string> Caveats);
}
