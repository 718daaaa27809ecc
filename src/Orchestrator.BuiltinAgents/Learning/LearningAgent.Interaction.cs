using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>Judging one answer (S3-28).</summary>
internal sealed partial class LearningAgent
{
    /// <summary>A next item counts as harder or easier from this distance on, in logits.</summary>
    private const double DifferenceMin = 0.25;

    private AgentAnswer Interaction(AgentInput input, ItemBank bank, LearnerRecord learner, string? activityId)
    {
        var at = TimestampOf(input);
        var given = AnswerOf(input);
        var item = activityId is null ? null : bank.Find(activityId);
        if (item is null || given is null)
        {
            return Unjudged(bank, learner, at, given is null
                ? "No answer was given (response.answer), so nothing could be judged."
                : activityId is null
                    ? "No activity was named (activityId), so the answer could not be judged."
                    : $"There is no activity '{activityId}' among the {bank.Count} items at hand, so the answer could not be judged and nothing was learned from it.");
        }

        var correct = Grading.IsRight(item, given);
        var (next, sure) = learner.After(item, correct, at);
        var (before, after) = (learner.SkillOf(item), next.SkillOf(item));
        var struggles = after.WrongInARow >= StruggleFrom;
        var following = ItemChoice.Next(bank, next, learner.Subject ?? item.Subject);
        return AgentJson.Answer(new
        {
            Success = true,
            Response = new Judgement(
                correct,
                following is null ? null : Activity.Of(following, next),
                [.. Adaptations(item, given, correct, before, after, following)],
                correct ? item.Explanation : item.FeedbackOn(given),
                struggles,
                struggles ? $"{after.WrongInARow} wrong answers in a row on '{item.Skill}'" : null),
            Confidence = Math.Round(sure, 2),
            Reasoning = string.Create(CultureInfo.InvariantCulture,
                $"'{given}' {(correct ? "is" : "is not")} the answer to '{item.Id}'. After {after.Answers} answers on {item.Skill} the skill is known with probability {after.Known:0.00} (before: {before.Known:0.00}); the ability in {item.Subject} is {next.AbilityIn(item.Subject).Theta:0.00} ± {next.AbilityIn(item.Subject).StandardError:0.00} logits."),
            Timestamp = at,
            Skill = item.Skill,
            Mastery = Math.Round(after.Known, 3),
            Remember = new Remembered(next),
        });
    }

    private static AgentAnswer Unjudged(ItemBank bank, LearnerRecord learner, DateTimeOffset at, string reasoning)
    {
        var following = ItemChoice.Next(bank, learner, learner.Subject);
        return AgentJson.Answer(new
        {
            Success = true,
            Response = new Judgement(null, following is null ? null : Activity.Of(following, learner), []),
            Confidence = 0.0,
            Reasoning = reasoning,
            Timestamp = at,
            Remember = new Remembered(learner),
        });
    }

    private static IEnumerable<Adaptation> Adaptations(Item item, string given, bool correct, KnowledgeTracing before, KnowledgeTracing after, Item? following)
    {
        if (!correct && item.FeedbackOn(given) is { } mistake)
        {
            yield return new("feedback", mistake, item.Skill);
        }

        if (!correct && !item.Hints.IsEmpty)
        {
            // The more answers in a row were wrong, the more telling the hint.
            yield return new("hint", item.Hints[Math.Min(after.WrongInARow, item.Hints.Length) - 1], item.Skill);
        }

        if (after.WrongInARow >= StruggleFrom)
        {
            yield return new("progressive_hints", $"{after.WrongInARow} wrong answers in a row.", item.Skill);
        }

        if (after.IsMastered && !before.IsMastered)
        {
            yield return new("skill_mastered", string.Create(CultureInfo.InvariantCulture, $"The skill is known with probability {after.Known:0.00}."), item.Skill);
        }

        var difference = (following?.Location ?? item.Location) - item.Location;
        if (Math.Abs(difference) >= DifferenceMin)
        {
            yield return new(difference > 0 ? "harder" : "easier", string.Create(CultureInfo.InvariantCulture, $"The next item lies {Math.Abs(difference):0.00} logits {(difference > 0 ? "higher" : "lower")}."), following!.Skill);
        }
    }

    private static string? AnswerOf(AgentInput input)
    {
        if (input.Find("response") is not { } response)
        {
            return null;
        }

        var field = response.ValueKind == JsonValueKind.Object ? "response.answer" : "response";
        var answer = response.ValueKind == JsonValueKind.Object ? AgentInput.Member(response, "answer") : response;
        return answer switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.True or JsonValueKind.False } word => word.GetRawText(),
            { } text => input.TextOf(field, text, AnswerLengthMax) is { } said && !string.IsNullOrWhiteSpace(said) ? said.Trim() : null,
        };
    }

    private DateTimeOffset TimestampOf(AgentInput input)
    {
        var text = input.OptionalText("timestamp", NameLengthMax);
        if (text is null)
        {
            return clock.GetUtcNow();
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return at;
        }

        input.Complain("'timestamp'", "a time like 2025-09-01T08:00:00Z", $"'{text}'");
        return default;
    }

    /// <param name="Correct">Null when the answer could not be judged.</param>
    /// <param name="RequiresTutorIntervention">Somebody should look after the learner (S3-30).</param>
    private sealed record Judgement(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool? Correct,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Activity? NextActivity,
        ImmutableArray<Adaptation> Adaptations,
        string? Feedback = null,
        bool RequiresTutorIntervention = false,
        string? InterventionReason = null);

    private sealed record Adaptation(string Type, string Reason, string Skill);
}
