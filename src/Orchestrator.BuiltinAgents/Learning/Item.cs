using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Learning;

/// <summary>Something a learner can be asked, with all that its author knows about it.</summary>
/// <param name="Difficulty">In logits relative to its grade, by its author's judgement: no item of ours was calibrated on answers of learners.</param>
/// <param name="Options">What to choose from; empty for an open question.</param>
/// <param name="Answers">Each of them is right.</param>
/// <param name="Hints">From the vaguest to the most telling.</param>
internal sealed record Item(
    string Id,
    string Subject,
    int? GradeLevel,
    string Skill,
    double Difficulty,
    string Prompt,
    ImmutableArray<string> Options,
    ImmutableArray<string> Answers,
    ImmutableArray<string> Hints,
    string? Explanation = null,
    ImmutableArray<Misconception> Misconceptions = default)
{
    /// <summary>By one year of school the same question becomes easier by so much, by our judgement.</summary>
    private const double LogitsPerGrade = 0.75;

    private const int GradeInTheMiddle = 6;

    /// <summary>Where it stands on its subject's scale, on which learners of all grades are measured.</summary>
    public double Location => LevelOf(GradeLevel) + Difficulty;

    /// <summary>Where a learner of this grade is expected before anything is known; 0 for an unknown grade.</summary>
    public static double LevelOf(int? gradeLevel) => gradeLevel is { } grade ? (grade - GradeInTheMiddle) * LogitsPerGrade : 0;

    /// <summary>What is known of the mistake in a wrong answer; null when nothing is.</summary>
    public string? FeedbackOn(string answer) =>
        Misconceptions.IsDefault ? null : Misconceptions.FirstOrDefault(known => Grading.Same(known.Answer, answer))?.Feedback;
}

/// <summary>A wrong answer that says where the learner went astray.</summary>
internal sealed record Misconception(string Answer, string Feedback);
