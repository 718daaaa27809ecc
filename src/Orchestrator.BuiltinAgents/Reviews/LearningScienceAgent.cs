using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Reviews;

/// <summary>Plans when to review what, and how.</summary>
internal sealed class LearningScienceAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    private const int ItemsMax = 500;
    private const int TermLengthMax = 200;
    private const int SentenceLengthMax = 2_000;
    private const int GradesMax = 100;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "learning_science_agent",
        "Plans a spaced-repetition calendar (SM-2) with retrieval practice for the terms of a lesson.",
        Actions: ["plan_reviews", "apply_learning_science"],
        Keywords: ["spaced repetition", "calendar", "review", "retrieval practice", "learning plan"],
        Input: """
            items: [string | { term, sentence?, grades? }] — what to learn, at most 500; grades are those of earlier reviews, 0 to 5
            text: string — instead of items: its twelve weightiest terms are learned
            startDate: "yyyy-MM-dd" = today, in UTC
            newPerDay: integer = 6 — items first studied on one day, 1 to 100
            reviews: integer = 5 — reviews planned per item, 1 to 12
            grade: integer = 4 — how well reviews are expected to go, 3 to 5
            """,
        Output: """
            startDate, endDate
            calendar: [{ date, sessions: [{ term, review, intervalDays, activity, prompt }] }]
            itemCount, sessionCount: integer
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var items = input.List("items", (field, element) => ItemOf(input, field, element));
        var text = items.IsEmpty ? input.RequiredText("text", "content", "items") : "";
        var start = input.Day("startDate") ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var newPerDay = input.Integer("newPerDay", 6, min: 1, max: 100);
        var reviews = input.Integer("reviews", 5, min: 1, max: 12);
        var grade = input.Integer("grade", 4, min: 3, max: Sm2.GradeMax);
        if (items.Length > ItemsMax)
        {
            input.Complain("'items'", $"at most {ItemsMax} entries", $"{items.Length}");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        items = items.IsEmpty ? TermsOf(text, cancellationToken) : items;
        if (items.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "learning_science_agent found no term in 'text' to learn."));
        }

        var plan = ReviewCalendar.Plan(items, start, newPerDay, reviews, grade);
        return new(AgentJson.Answer(new Output(
            Iso(start),
            Iso(plan[^1].Day),
            [.. plan.GroupBy(appointment => appointment.Day).Select(day => new Day(Iso(day.Key), [.. day.Select(Session.Of)]))],
            items.Length,
            plan.Length)));
    }

    private static ImmutableArray<StudyItem> TermsOf(string text, CancellationToken cancellationToken)
    {
        var sentences = Sentence.AllOf(text);
        return
        [
            .. Concepts.Of(sentences, Rake.Phrases(sentences, wordsMax: 3), ConceptOrder.Weight, count: 12, cancellationToken)
                .Select(concept => new StudyItem(concept.Text, sentences[concept.Places[0].Sentence].Text, [])),
        ];
    }

    private static StudyItem? ItemOf(AgentInput input, string field, JsonElement element)
    {
        if (input.Term(field, element, TermLengthMax) is not { } term)
        {
            return null;
        }

        var sentence = AgentInput.Member(element, "sentence") is { } used ? input.TextOf($"{field}.sentence", used, SentenceLengthMax) : null;
        if (AgentInput.Member(element, "grades") is not { } grades)
        {
            return new StudyItem(term, sentence, []);
        }

        if (grades.ValueKind == JsonValueKind.Array && grades.GetArrayLength() <= GradesMax
            && grades.EnumerateArray().All(grade => grade.ValueKind == JsonValueKind.Number && grade.TryGetInt32(out var value) && value is >= 0 and <= Sm2.GradeMax))
        {
            return new StudyItem(term, sentence, [.. grades.EnumerateArray().Select(grade => grade.GetInt32())]);
        }

        input.Complain($"'{field}.grades'", $"a list of at most {GradesMax} whole numbers from 0 to {Sm2.GradeMax}", AgentInput.Describe(grades));
        return null;
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Session(string Term, int Review, int IntervalDays, string Activity, string Prompt)
    {
        public static Session Of(Appointment appointment)
        {
            var (activity, prompt) = RetrievalPractice.For(appointment.Item, appointment.Review);
            return new Session(appointment.Item.Term, appointment.Review, appointment.IntervalDays, activity, prompt);
        }
    }

    private sealed record Day(string Date, ImmutableArray<Session> Sessions);

    private sealed record Output(string StartDate, string EndDate, ImmutableArray<Day> Calendar, int ItemCount, int SessionCount);
}
