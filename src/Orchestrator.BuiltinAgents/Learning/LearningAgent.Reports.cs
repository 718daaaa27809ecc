using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Analytics;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>What the answers so far tell, and what can be foretold from them.</summary>
internal sealed partial class LearningAgent
{
    /// <summary>A model fitted to fewer answers says more about its prior than about the learner.</summary>
    private const int AnswersForModel = 8;

    private const int AnswersForTrend = 4;

    // Two standard errors: a difference that chance alone makes once in twenty times.
    private const double Surprising = 1.96;

    private static AgentAnswer Performance(LearnerRecord learner)
    {
        var answers = learner.Recent;
        var right = answers.Count(answer => answer.Correct);
        var expected = answers.Sum(answer => answer.Expected);
        var spread = Math.Sqrt(answers.Sum(answer => answer.Expected * (1 - answer.Expected)));
        var surprise = spread > 0 ? (right - expected) / spread : 0;
        return AgentJson.Answer(new
        {
            Known = !answers.IsEmpty,
            Answers = answers.Length,
            Right = right,
            Expected = Math.Round(expected, 2),
            Accuracy = Share(right, answers.Length),
            Verdict = answers.IsEmpty ? "unknown" : surprise > Surprising ? "above_expectation" : surprise < -Surprising ? "below_expectation" : "as_expected",
            Abilities = learner.Abilities!.ToImmutableSortedDictionary(pair => pair.Key, pair => AbilityView.Of(pair.Value), StringComparer.Ordinal),
            Skills = Skills(learner),
            LastActivity = answers.IsEmpty ? null : answers[^1].Activity,
            LastCorrect = answers.IsEmpty ? (bool?)null : answers[^1].Correct,
            Reasoning = answers.IsEmpty
                ? "No judged answers are known."
                : string.Create(CultureInfo.InvariantCulture, $"{right} of {answers.Length} answers were right, {expected:0.0} were expected; the difference is {surprise:0.0} standard errors."),
        });
    }

    private AgentAnswer Patterns(AgentInput input, LearnerRecord learner)
    {
        var days = input.Integer("days", 7, 1, DaysMax);
        var until = clock.GetUtcNow();
        var answers = learner.Recent.Where(answer => answer.At > until.AddDays(-days) && answer.At <= until).OrderBy(answer => answer.At).ToImmutableArray();

        // Right and wrong as 1 and 0 over the days: a crude line, which is all that so few points carry.
        var trend = answers.Length < AnswersForTrend ? null : Statistics.LeastSquares([.. answers.Select(answer => ((answer.At - answers[0].At).TotalDays, answer.Correct ? 1.0 : 0.0))]);
        return AgentJson.Answer(new
        {
            Known = !answers.IsEmpty,
            Days = days,
            Answers = answers.Length,
            Accuracy = Share(answers.Count(answer => answer.Correct), answers.Length),
            PerDay = answers.GroupBy(answer => answer.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                .Select(day => new { Date = day.Key, Answers = day.Count(), Right = day.Count(answer => answer.Correct) }).ToImmutableArray(),
            Skills = answers.GroupBy(answer => answer.Subject + "/" + answer.Skill).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new { Skill = group.Key, Answers = group.Count(), Right = group.Count(answer => answer.Correct), Mastery = Math.Round((learner.Skills!.GetValueOrDefault(group.Key) ?? KnowledgeTracing.New).Known, 3) })
                .ToImmutableArray(),
            AccuracyPerDay = trend is null ? null : (double?)Math.Round(trend.Slope, 4),
            Struggling = learner.Skills!.Where(pair => pair.Value.WrongInARow >= StruggleFrom).Select(pair => pair.Key).ToImmutableArray(),
            Reasoning = answers.IsEmpty
                ? $"No judged answers of the last {days} days are known."
                : $"{answers.Length} answers of the last {days} days{(trend is null ? $"; fewer than {AnswersForTrend}, or all at one time, make no trend" : "")}.",
        });
    }

    /// <summary>Puts analyses side by side; what one of them does not know is said, and never filled in.</summary>
    private static AgentAnswer Report(AgentInput input, LearnerRecord learner)
    {
        var sections = new[] { "learning", "speech", "tutor" }.Select(name => (Name: name, Part: input.Find(name))).ToList();
        var known = sections.Where(section => section.Part is { } part && AgentInput.Member(part, "known") is { ValueKind: JsonValueKind.True }).Select(section => section.Name).ToImmutableArray();
        return AgentJson.Answer(new
        {
            Known = !known.IsEmpty || !learner.Recent.IsEmpty,
            Sections = sections.Where(section => section.Part is not null).ToImmutableSortedDictionary(section => section.Name, section => section.Part!.Value, StringComparer.Ordinal),
            Skills = Skills(learner),
            Insights = sections.Where(section => section.Part is not null)
                .Select(section => new { From = section.Name, Text = AgentInput.Member(section.Part!.Value, "reasoning") is { ValueKind: JsonValueKind.String } said ? said.GetString() : null })
                .Where(insight => insight.Text is not null).ToImmutableArray(),
            Missing = sections.Select(section => section.Name).Except(known).ToImmutableArray(),
            Reasoning = known.IsEmpty
                ? "None of the analyses knew anything of this learner."
                : $"Put together from what is known of {string.Join(", ", known)}.",
        });
    }

    private static AgentAnswer PredictWithMl(ItemBank bank, LearnerRecord learner, string? activityId)
    {
        if (Asked(bank, learner, activityId, out var item) is { } nothing)
        {
            return nothing;
        }

        var ability = learner.AbilityIn(item!.Subject);
        if (ability.Answers < AnswersForModel)
        {
            return AgentAnswer.Fail(AgentFailures.NotEnoughData, $"A prediction in {item.Subject} takes {AnswersForModel} judged answers, and {ability.Answers} are known.");
        }

        var (low, high) = (ability with { Theta = ability.Theta - (Surprising * ability.StandardError) }, ability with { Theta = ability.Theta + (Surprising * ability.StandardError) });
        return AgentJson.Answer(new
        {
            ActivityId = item.Id,
            Method = "rasch",
            Probability = Math.Round(ability.Chance(item.Location), 3),
            Interval = new[] { Math.Round(low.Chance(item.Location), 3), Math.Round(high.Chance(item.Location), 3) },
            ability.Answers,
            Reasoning = $"Rasch model fitted to {ability.Answers} answers; the interval holds the probability 95 times in 100, if the model and the items' difficulties, which nobody calibrated, do.",
        });
    }

    private static AgentAnswer PredictWithRules(ItemBank bank, LearnerRecord learner, string? activityId)
    {
        if (Asked(bank, learner, activityId, out var item) is { } nothing)
        {
            return nothing;
        }

        var last = learner.Recent.Where(answer => answer.Subject == item!.Subject && answer.Skill == item.Skill).TakeLast(StruggleFrom).ToList();
        var right = last.Count(answer => answer.Correct);
        var (probability, rule) = last.Count < StruggleFrom ? (0.5, $"fewer than {StruggleFrom} answers on {item!.Skill} are known: even odds")
            : right == last.Count ? (0.85, $"the last {StruggleFrom} on {item!.Skill} were right")
            : right == 0 ? (0.2, $"the last {StruggleFrom} on {item!.Skill} were wrong")
            : (right > last.Count / 2 ? 0.65 : 0.4, $"{right} of the last {StruggleFrom} on {item!.Skill} were right");
        return AgentJson.Answer(new
        {
            ActivityId = item.Id,
            Method = "rules",
            Probability = probability,
            Known = last.Count == StruggleFrom,
            Rule = rule,
            Reasoning = $"A rule of thumb: {rule}.",
        });
    }

    private static AgentAnswer? Asked(ItemBank bank, LearnerRecord learner, string? activityId, out Item? item)
    {
        item = activityId is null ? ItemChoice.Next(bank, learner, learner.Subject) : bank.Find(activityId);
        return item is not null ? null : AgentAnswer.Fail(
            AgentFailures.NothingToDo, activityId is null ? $"There is no item for '{learner.Subject}' to predict." : $"There is no activity '{activityId}' among the {bank.Count} items at hand.");
    }

    private static ImmutableArray<SkillView> Skills(LearnerRecord learner) =>
        [.. learner.Skills!.Select(pair => new SkillView(pair.Key, pair.Value.Answers, pair.Value.Right, Math.Round(pair.Value.Known, 3), pair.Value.IsMastered))];

    private static double? Share(int part, int whole) => whole == 0 ? null : Math.Round((double)part / whole, 3);

    private sealed record SkillView(string Skill, int Answers, int Right, double Mastery, bool Mastered);
}
