namespace Orchestrator.BuiltinAgents.Reviews;

/// <summary>How well an item is known: what the next review's date depends on.</summary>
/// <param name="Repetition">Reviews in a row that went well.</param>
/// <param name="IntervalDays">Days from the last review to the next; 0 before the first.</param>
/// <param name="Easiness">The E-factor, from 1.3 for the hardest items.</param>
/// <remarks>
/// The algorithm SM-2 of Wozniak, "Optimization of learning", 1990: intervals of 1 and 6 days, then each the last times the easiness, rounded up; a
/// grade of 0 to 5 moves the easiness first; a grade under 3 starts the intervals again and leaves the easiness alone.
/// </remarks>
internal readonly record struct Sm2(int Repetition, int IntervalDays, double Easiness)
{
    public const int GradeMax = 5;

    private const int PassingGrade = 3;
    private const double EasinessMin = 1.3;

    /// <summary>Ten years. The formula knows no bound, and calendars do.</summary>
    private const int IntervalDaysMax = 3_650;

    public static Sm2 New { get; } = new(0, 0, 2.5);

    public Sm2 After(int grade)
    {
        if (grade < PassingGrade)
        {
            return this with { Repetition = 1, IntervalDays = 1 };
        }

        var miss = GradeMax - grade;
        var easiness = Math.Max(EasinessMin, Easiness + (0.1 - (miss * (0.08 + (miss * 0.02)))));
        var days = Repetition switch
        {
            0 => 1,
            1 => 6,
            // Rounded to nine places first, so that 6 × 2.5 is 15 and not, by the last bit, 16.
            _ => (int)Math.Min(IntervalDaysMax, Math.Ceiling(Math.Round(IntervalDays * easiness, 9))),
        };
        return new Sm2(Repetition + 1, days, easiness);
    }
}
