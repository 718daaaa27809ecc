using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Assessments;

/// <summary>Writes a quiz about a text.</summary>
internal sealed class AssessmentAgent(BuiltinAgentOptions options) : IAgent
{
    // Of these the questions ask for some and the wrong options are others. The lighter ones are too odd for either.
    private const int ConceptsMin = 60;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "assessment_agent",
        "Writes cloze and multiple-choice questions about a text, with an answer key.",
        Actions: ["generate_quiz", "generate_assessment"],
        Keywords: ["assessment", "quiz", "test", "questions", "exam"],
        Input: """
            text: string — the text, also as `content`
            questions: integer = 8 — how many at most, 1 to 100
            kind: "mixed" | "multiple_choice" | "cloze" = "mixed"
            options: integer = 4 — choices per question, 3 to 6
            seed: integer = 0 — another number gives other options in another order
            """,
        Output: """
            questions: [{ id, kind, prompt, options? }] — the gap is written _____
            answerKey: [{ id, answer, option?, sentence }] — option is a letter from A
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        var count = input.Integer("questions", 8, min: 1, max: 100);
        var kind = input.Choice("kind", "mixed", "multiple_choice", "cloze");
        var optionCount = input.Integer("options", 4, min: 3, max: 6);
        var seed = input.Integer("seed", 0, min: 0, max: int.MaxValue);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var sentences = Sentence.AllOf(text);
        var concepts = Concepts.Of(sentences, Rake.Phrases(sentences, wordsMax: 3), ConceptOrder.Weight, Math.Max(ConceptsMin, 2 * count), cancellationToken);
        var kinds = kind switch
        {
            "multiple_choice" => QuestionKinds.MultipleChoice,
            "cloze" => QuestionKinds.Cloze,
            _ => QuestionKinds.Mixed,
        };
        var questions = QuestionWriter.Write(sentences, concepts, kinds, count, optionCount, SeedOf(text, seed));
        return new(questions.IsEmpty
            ? AgentAnswer.Fail(
                AgentFailures.NothingToDo,
                "assessment_agent found no sentence to ask about: it needs a sentence of 6 to 40 words with a key term that the rest of it does not give away.")
            : AgentJson.Answer(new Output(
                [.. questions.Select((question, index) => new Asked(
                    Id(index), question.IsMultipleChoice ? "multiple_choice" : "cloze", question.Prompt, question.IsMultipleChoice ? question.Options : null))],
                [.. questions.Select((question, index) => new Key(
                    Id(index), question.Answer, question.IsMultipleChoice ? ((char)('A' + question.Options.IndexOf(question.Answer))).ToString() : null, question.Sentence))])));
    }

    private static string Id(int index) => $"q{index + 1}";

    private static ulong SeedOf(string text, int seed) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) ^ (ulong)seed;

    private sealed record Asked(string Id, string Kind, string Prompt, ImmutableArray<string>? Options);

    private sealed record Key(string Id, string Answer, string? Option, string Sentence);

    private sealed record Output(ImmutableArray<Asked> Questions, ImmutableArray<Key> AnswerKey);
}
