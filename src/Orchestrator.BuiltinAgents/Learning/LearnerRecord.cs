using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>All that the learning agent remembers of a learner. It keeps nothing itself: this comes with each request as <c>state</c> and goes back under <c>remember</c>.</summary>
/// <param name="Abilities">By subject.</param>
/// <param name="Skills">By subject and skill, with a slash between.</param>
/// <param name="Recent">The newest answers, the oldest first.</param>
internal sealed record LearnerRecord(
    string? Subject = null,
    int? GradeLevel = null,
    ImmutableSortedDictionary<string, Rasch>? Abilities = null,
    ImmutableSortedDictionary<string, KnowledgeTracing>? Skills = null,
    ImmutableArray<AnswerRecord> Recent = default)
{
    private const int SubjectsMax = 20;
    private const int SkillsMax = 200;
    private const int RecentMax = 100;

    /// <summary>The same without gaps and without numbers that no answer could have led to.</summary>
    public LearnerRecord Checked() => this with
    {
        Abilities = (Abilities ?? ImmutableSortedDictionary<string, Rasch>.Empty).Where(pair => pair.Value is not null).Take(SubjectsMax)
            .ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Checked(), StringComparer.Ordinal),
        Skills = (Skills ?? ImmutableSortedDictionary<string, KnowledgeTracing>.Empty).Where(pair => pair.Value is not null).Take(SkillsMax)
            .ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Checked(), StringComparer.Ordinal),
        Recent = Recent.IsDefault ? [] : [.. Recent.Where(answer => answer is { Activity: not null, Subject: not null, Skill: not null }).TakeLast(RecentMax)],
    };

    public Rasch AbilityIn(string subject) => Abilities!.GetValueOrDefault(subject) ?? Rasch.At(GradeLevel);

    public KnowledgeTracing SkillOf(Item item) => Skills!.GetValueOrDefault(KeyOf(item)) ?? KnowledgeTracing.New;

    public static string KeyOf(Item item) => item.Subject + "/" + item.Skill;

    /// <summary>What is remembered once an answer has been judged, and how sure it is to mean what it seems to.</summary>
    public (LearnerRecord Next, double Sure) After(Item item, bool correct, DateTimeOffset at)
    {
        var ability = AbilityIn(item.Subject);
        var (skill, sure) = SkillOf(item).After(item, correct);
        return (this with
        {
            Abilities = Room(Abilities!, item.Subject, SubjectsMax, known => known.Answers).SetItem(item.Subject, ability.After(item.Location, correct)),
            Skills = Room(Skills!, KeyOf(item), SkillsMax, known => known.Answers).SetItem(KeyOf(item), skill),
            Recent = [.. Recent.TakeLast(RecentMax - 1), new AnswerRecord(item.Id, item.Subject, item.Skill, correct, Math.Round(ability.Chance(item.Location), 4), at)],
        }, sure);
    }

    // Where there are too many, the one that fewest answers speak of is forgotten first.
    private static ImmutableSortedDictionary<string, T> Room<T>(ImmutableSortedDictionary<string, T> known, string key, int most, Func<T, int> answers) =>
        known.ContainsKey(key) || known.Count < most ? known : known.Remove(known.MinBy(pair => answers(pair.Value)).Key);
}

/// <summary>An answer that was judged.</summary>
/// <param name="Expected">The probability of a right answer as it was believed before.</param>
internal sealed record AnswerRecord(string Activity, string Subject, string Skill, bool Correct, double Expected, DateTimeOffset At);
