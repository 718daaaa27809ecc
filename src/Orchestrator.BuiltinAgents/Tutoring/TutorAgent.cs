using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Learning;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Tutoring;

/// <summary>A tutor without a language model: it gives the feedback and the hints that an item's author wrote, and says where that ends.</summary>
internal sealed class TutorAgent(BuiltinAgentOptions options) : IAgent
{
    private const int NameLengthMax = 200;
    private const int TextLengthMax = 4_000;
    private const int GradeMax = 20;
    private const int HintMax = 20;
    private const int DaysMax = 365;
    private const string NoModel = "Without a language model a tutor has only what the authors of its items wrote; an llm agent declared as 'tutor-agent' takes its place.";

    private readonly Lazy<ItemBank> shelf = new(() => ItemBank.With(options.ItemsFolder));

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "tutor-agent",
        "Gives feedback and step-by-step hints from an item's own data, and measures conversations; converses with a language model only.",
        Actions: ["prepare_conversation", "generate_feedback", "provide_hint", "prepare_intervention", "analyze_conversation_patterns", "predict_with_gpt4"],
        Keywords: ["tutor", "hint", "explain my mistake"],
        Input: """
            prepare_conversation: subject?, gradeLevel?
            generate_feedback: activityId, answer?, performance? — the answer of analyze_performance
            provide_hint: activityId, level = 1 — from the vaguest hint on
            prepare_intervention: concept, activityId?
            analyze_conversation_patterns: messages: [{ role, text }], days = 7
            predict_with_gpt4: needs a language model under this name
            """,
        Output: """
            prepare_conversation: conversationReady, mode: "offline"
            generate_feedback: known, correct?, feedback: [string], nextHint?
            provide_hint, prepare_intervention: known, hint | hints
            analyze_conversation_patterns: known, messages, questions, words per message
            reasoning: string
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var answer = request.Action switch
        {
            "generate_feedback" => Feedback(input),
            "provide_hint" => Hint(input),
            "prepare_intervention" => Intervention(input),
            "analyze_conversation_patterns" => Patterns(input),
            "predict_with_gpt4" => AgentAnswer.Fail(AgentFailures.NotConfigured, "predict_with_gpt4 needs a language model, and none is configured. " + NoModel),
            _ => Prepare(input),
        };
        return new(input.Refusal ?? answer);
    }

    private AgentAnswer Prepare(AgentInput input)
    {
        var subject = input.OptionalText("subject", NameLengthMax)?.Trim().ToLowerInvariant();
        int? grade = input.Has("gradeLevel") ? input.Integer("gradeLevel", 0, 0, GradeMax) : null;
        var count = shelf.Value.All.Count(item => (subject is null || item.Subject == subject) && (grade is null || item.GradeLevel == grade));
        return AgentJson.Answer(new
        {
            ConversationReady = true,
            Mode = "offline",
            Subject = subject,
            GradeLevel = grade,
            ItemCount = count,
            Reasoning = $"Feedback and hints for {count} items are ready. {NoModel}",
        });
    }

    private AgentAnswer Feedback(AgentInput input)
    {
        var item = ItemOf(input);
        var answer = AnswerOf(input);
        var performance = input.Find("performance") is { } part && AgentInput.Member(part, "reasoning") is { ValueKind: JsonValueKind.String } said ? said.GetString() : null;
        var correct = item is null || answer is null ? (bool?)null : Grading.IsRight(item, answer);
        var feedback = new List<string>();
        if (item is not null && answer is not null)
        {
            feedback.Add(correct == true ? $"'{answer}' is right." : $"'{answer}' is not the answer.");
            if ((correct == true ? item.Explanation : item.FeedbackOn(answer)) is { } told)
            {
                feedback.Add(told);
            }
        }

        if (performance is not null)
        {
            feedback.Add(performance);
        }

        return AgentJson.Answer(new
        {
            Known = correct is not null,
            ActivityId = item?.Id,
            Correct = correct,
            Feedback = feedback,
            NextHint = correct == false && !item!.Hints.IsEmpty ? item.Hints[0] : null,
            Reasoning = correct is not null ? $"From the data of item '{item!.Id}'." : item is null ? "No item is known that the answer belongs to, so it was not judged." : "No answer was given, so nothing was judged.",
        });
    }

    private AgentAnswer Hint(AgentInput input)
    {
        var level = input.Integer("level", 1, 1, HintMax);
        var item = ItemOf(input);
        var hints = item?.Hints ?? [];
        return AgentJson.Answer(new
        {
            Known = !hints.IsEmpty,
            ActivityId = item?.Id,
            Hint = hints.IsEmpty ? null : hints[Math.Min(level, hints.Length) - 1],
            IsLast = level >= hints.Length,
            Reasoning = item is null ? "No item of this id is at hand." : hints.IsEmpty ? "The item's author wrote no hints." : $"Hint {Math.Min(level, hints.Length)} of {hints.Length}.",
        });
    }

    /// <summary>S3-40: what to do for a learner who struggles with a concept.</summary>
    private AgentAnswer Intervention(AgentInput input)
    {
        var concept = input.RequiredText("concept").Trim();
        var asked = input.OptionalText("activityId", NameLengthMax);
        var items = shelf.Value.All.Where(item => asked is null ? string.Equals(item.Skill, concept, StringComparison.OrdinalIgnoreCase) : item.Id == asked).OrderBy(item => item.Location).ToList();
        return AgentJson.Answer(new
        {
            Known = items.Count > 0,
            Concept = concept,
            Intervention = "progressive_hints",
            Hints = items.SelectMany(item => item.Hints.Select((hint, index) => new { ActivityId = item.Id, Level = index + 1, Text = hint })).ToImmutableArray(),
            Practice = items.Select(item => item.Id).ToImmutableArray(),
            Reasoning = items.Count == 0 ? $"There are no items on '{concept}'. {NoModel}" : $"{items.Count} items on '{concept}', the easiest first.",
        });
    }

    private static AgentAnswer Patterns(AgentInput input)
    {
        var days = input.Integer("days", 7, 1, DaysMax);
        var messages = input.List("messages", (field, element) => Said.Of(input, field, element));
        var learner = messages.Where(message => message.Role is "user" or "learner").ToList();
        var words = learner.Sum(message => Tokenizer.Words(message.Text).Count(word => word.HasLetter));
        var questions = learner.Count(message => message.Text.Contains('?', StringComparison.Ordinal));
        return AgentJson.Answer(new
        {
            Known = messages.Length > 0,
            Days = days,
            Messages = messages.Length,
            FromLearner = learner.Count,
            Questions = questions,
            WordsPerMessage = learner.Count == 0 ? null : (double?)Math.Round((double)words / learner.Count, 1),
            Reasoning = messages.IsEmpty
                ? "No messages were handed in, so nothing is known of the conversation."
                : string.Create(CultureInfo.InvariantCulture, $"{learner.Count} of {messages.Length} messages are the learner's, {questions} of them ask something."),
        });
    }

    private Item? ItemOf(AgentInput input) => input.OptionalText("activityId", NameLengthMax) is { } id ? shelf.Value.Find(id) : null;

    private static string? AnswerOf(AgentInput input) => input.Find("answer") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { } text => input.TextOf("answer", text, TextLengthMax) is { } said && !string.IsNullOrWhiteSpace(said) ? said.Trim() : null,
    };

    private sealed record Said(string Role, string Text)
    {
        public static Said? Of(AgentInput input, string field, JsonElement element)
        {
            var role = AgentInput.Member(element, "role") is { } named ? input.TextOf(field + ".role", named, NameLengthMax) : "user";
            var text = (AgentInput.Member(element, "text") ?? AgentInput.Member(element, "content")) is { } said ? input.TextOf(field + ".text", said, TextLengthMax) : null;
            if (text is null)
            {
                input.Complain($"'{field}.text'", "what was said", "nothing");
                return null;
            }

            return new Said(role ?? "user", text);
        }
    }
}
