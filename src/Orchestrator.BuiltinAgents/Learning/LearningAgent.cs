using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>Accompanies one learner: chooses what to ask, judges answers, and says what can be known of ability and mastery.</summary>
/// <remarks>It remembers nothing: a learner's record comes with the request as <c>state</c> and goes back under <c>remember</c>, where a session keeps it.</remarks>
internal sealed partial class LearningAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    private const int NameLengthMax = 200;
    private const int AnswerLengthMax = 2_000;
    private const int DaysMax = 365;
    private const int GradeMax = 20;

    /// <summary>From so many wrong answers in a row on a skill a person, or the tutor, should look.</summary>
    private const int StruggleFrom = 3;

    private readonly Lazy<ItemBank> shelf = new(() => ItemBank.With(options.ItemsFolder));

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "learning-agent",
        "Chooses items by ability (Rasch, maximum information), judges answers, traces mastery (Bayesian knowledge tracing), reports patterns and predicts.",
        Actions:
        [
            "initialize_session", "get_next_activity", "process_interaction", "analyze_performance", "analyze_learning_patterns", "generate_comprehensive_report",
            "predict_with_ml", "predict_with_rules", "fetch_external_data",
        ],
        Keywords: ["practice", "exercise", "quiz me", "next question", "mastery"],
        Input: """
            state: what it answered under remember.state = nothing is known yet
            learnerId, sessionId, subject: string?; gradeLevel: integer?, 0 to 20
            items: [{ id, subject, gradeLevel?, skill, difficulty, prompt, options?, answers, hints?, explanation?, misconceptions? }] — beside those it has
            process_interaction: activityId, response: { answer }, timestamp?
            get_next_activity, predict_with_ml, predict_with_rules: activityId? of the item in question
            analyze_learning_patterns: days = 7, 1 to 365
            generate_comprehensive_report: learning, speech, tutor: answers of the three analyses
            fetch_external_data: source
            """,
        Output: """
            process_interaction: success, response: { correct, nextActivity, adaptations, feedback?, requiresTutorIntervention, interventionReason? }, confidence, reasoning, timestamp
            others: reasoning: string, and what the action's name promises; what is not known is null or left out
            remember: { state, facts } — what to hand in again
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var learner = LearnerOf(input);
        var bank = shelf.Value.And(input.List("items", (field, element) => ItemOf(input, field, element)));
        var activity = input.OptionalText("activityId", NameLengthMax);
        if (input.Refusal is { } unread)
        {
            return new(unread);
        }

        var answer = request.Action switch
        {
            "get_next_activity" => NextActivity(bank, learner),
            "process_interaction" => Interaction(input, bank, learner, activity),
            "analyze_performance" => Performance(learner),
            "analyze_learning_patterns" => Patterns(input, learner),
            "generate_comprehensive_report" => Report(input, learner),
            "predict_with_ml" => PredictWithMl(bank, learner, activity),
            "predict_with_rules" => PredictWithRules(bank, learner, activity),
            "fetch_external_data" => Curriculum(input, bank),
            _ => Begin(input, bank, learner),
        };
        return new(input.Refusal ?? answer);
    }

    private static LearnerRecord LearnerOf(AgentInput input)
    {
        var known = input.Part<LearnerRecord>("state") ?? new LearnerRecord();
        var subject = input.OptionalText("subject", NameLengthMax)?.Trim().ToLowerInvariant();
        var grade = input.Has("gradeLevel") ? input.Integer("gradeLevel", 0, 0, GradeMax) : known.GradeLevel;
        return (known with { Subject = string.IsNullOrEmpty(subject) ? known.Subject : subject, GradeLevel = grade }).Checked();
    }

    private static Item? ItemOf(AgentInput input, string field, JsonElement element)
    {
        try
        {
            var item = element.ValueKind == JsonValueKind.Object ? element.Deserialize<Item>(AgentJson.Options) : null;
            var problem = item is null ? "it is no object" : ItemBank.Problem(item, out item!);
            if (problem is null)
            {
                return item;
            }

            input.Complain($"'{field}'", "an item", problem);
        }
        catch (JsonException exception)
        {
            input.Complain($"'{field}'", "an item", $"another shape at {exception.Path}");
        }

        return null;
    }

    private static AgentAnswer Begin(AgentInput input, ItemBank bank, LearnerRecord learner)
    {
        var count = bank.All.Count(item => learner.Subject is null || item.Subject == learner.Subject);
        var ability = learner.Subject is { } subject ? learner.AbilityIn(subject) : Rasch.At(learner.GradeLevel);
        var first = ItemChoice.Next(bank, learner, learner.Subject);
        return AgentJson.Answer(new
        {
            SessionReady = true,
            SessionId = input.OptionalText("sessionId", NameLengthMax),
            learner.Subject,
            learner.GradeLevel,
            ItemCount = count,
            Ability = AbilityView.Of(ability),
            FirstActivity = first is null ? null : Activity.Of(first, learner),
            Reasoning = count == 0
                ? $"There are no items for '{learner.Subject}' (there are some for {string.Join(", ", bank.Subjects)}); send items with the requests, or set BuiltinAgents:ItemsFolder."
                : $"{count} items for {learner.Subject ?? "all subjects"}; the ability is taken for that of {(learner.GradeLevel is { } grade ? $"grade {grade}" : "grade 6, for none was named")} until answers tell more.",
            Remember = new Remembered(learner),
        });
    }

    private static AgentAnswer NextActivity(ItemBank bank, LearnerRecord learner)
    {
        var next = ItemChoice.Next(bank, learner, learner.Subject);
        var ability = next is null ? Rasch.At(learner.GradeLevel) : learner.AbilityIn(next.Subject);
        return AgentJson.Answer(new
        {
            ActivityId = next?.Id,
            Activity = next is null ? null : Activity.Of(next, learner),
            Ability = AbilityView.Of(ability),
            Reasoning = next is null
                ? $"There are no items for '{learner.Subject}'; there are some for {string.Join(", ", bank.Subjects)}."
                : $"Of {bank.All.Count(item => learner.Subject is null || item.Subject == learner.Subject)} items '{next.Id}' tells most at an ability of {ability.Theta:0.00} ± {ability.StandardError:0.00} logits from {ability.Answers} answers.",
            Remember = new Remembered(learner),
        });
    }

    /// <summary>S3-20. There is no service behind this agent; of the curriculum it knows what its items cover, and says so.</summary>
    private static AgentAnswer Curriculum(AgentInput input, ItemBank bank)
    {
        const string Known = "curriculum_api";
        var source = input.RequiredText("source");
        return source != Known
            ? AgentAnswer.Fail(AgentFailures.NotConfigured, $"learning-agent reaches no source '{source}'; offline there is only '{Known}', the outline of its own items. An http agent under the name learning-agent can fetch others.")
            : AgentJson.Answer(new
            {
                Source = source,
                External = false,
                Reasoning = "No service is configured for this source. This is the outline of the items at hand, not a curriculum of any school.",
                Outline = bank.All.GroupBy(item => (item.Subject, item.GradeLevel)).OrderBy(group => group.Key.Subject, StringComparer.Ordinal).ThenBy(group => group.Key.GradeLevel)
                    .Select(group => new { group.Key.Subject, group.Key.GradeLevel, Skills = group.Select(item => item.Skill).Distinct().Order(StringComparer.Ordinal).ToImmutableArray(), Items = group.Count() })
                    .ToImmutableArray(),
            });
    }

    /// <summary>What a session is to keep until the next request.</summary>
    private sealed record Remembered(LearnerRecord State, ImmutableSortedDictionary<string, string>? Facts = null);

    private sealed record AbilityView(double Theta, double StandardError, int Answers)
    {
        public static AbilityView Of(Rasch ability) => new(Math.Round(ability.Theta, 3), Math.Round(ability.StandardError, 3), ability.Answers);
    }
}
