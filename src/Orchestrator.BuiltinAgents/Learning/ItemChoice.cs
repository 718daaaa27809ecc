using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>An item as a learner may see it: without its answers.</summary>
internal sealed record Activity(
    string ActivityId, string Subject, int? GradeLevel, string Skill, string Prompt, ImmutableArray<string>? Options, double Difficulty, int HintCount, double ExpectedSuccess)
{
    public static Activity Of(Item item, LearnerRecord learner) => new(
        item.Id, item.Subject, item.GradeLevel, item.Skill, item.Prompt, item.Options.IsEmpty ? null : item.Options, Math.Round(item.Location, 2), item.Hints.Length,
        Math.Round(learner.AbilityIn(item.Subject).Chance(item.Location), 2));
}

/// <summary>Which item a learner is asked next.</summary>
/// <remarks>
/// The one that tells most: maximum information, as in Lord, "Applications of item response theory to practical testing problems", 1980. Skills that are mastered
/// come after all others, and an item that was answered among the newest comes last, so that a small bank does not ask in circles. Ties go to the learner's grade, then by id.
/// </remarks>
internal static class ItemChoice
{
    private const int NotAgainWithin = 20;

    public static Item? Next(ItemBank bank, LearnerRecord learner, string? subject)
    {
        var lately = learner.Recent.TakeLast(NotAgainWithin).Select(answer => answer.Activity).ToList();
        return bank.All
            .Where(item => subject is null || item.Subject == subject)
            .OrderBy(item => lately.LastIndexOf(item.Id))
            .ThenBy(item => learner.SkillOf(item).IsMastered)
            .ThenByDescending(item => Math.Round(learner.AbilityIn(item.Subject).Information(item.Location), 9))
            .ThenBy(item => Math.Abs((item.GradeLevel ?? 0) - (learner.GradeLevel ?? item.GradeLevel ?? 0)))
            .ThenBy(item => item.Id, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
