using FsCheck;
using FsCheck.Fluent;
using Orchestrator.BuiltinAgents.Reviews;

namespace Orchestrator.BuiltinAgents.Specs.Reviews;

public sealed class When_reviews_are_spaced
{
    [Fact]
    public void grade_four_keeps_the_easiness_and_multiplies_the_interval()
    {
        // I(1) = 1, I(2) = 6, I(n) = I(n-1) × 2.5 rounded up: 15, 37.5 → 38, 95.
        Intervals(4, 4, 4, 4, 4).ShouldBe([1, 6, 15, 38, 95]);
        Known(4, 4, 4).Easiness.ShouldBe(2.5, 1e-12);
    }

    [Theory]
    [InlineData(5, 2.6)] // + 0.1
    [InlineData(4, 2.5)] // + 0.1 − 1 × (0.08 + 0.02) = 0
    [InlineData(3, 2.36)] // + 0.1 − 2 × (0.08 + 0.04) = −0.14
    [InlineData(2, 2.5)] // A failed review leaves the easiness alone.
    [InlineData(0, 2.5)]
    public void one_grade_moves_the_easiness_by_the_formula(int grade, double easiness) => Sm2.New.After(grade).Easiness.ShouldBe(easiness, 1e-12);

    [Fact]
    public void grade_five_lengthens_the_intervals()
    {
        // E after each review: 2.6, 2.7, 2.8, 2.9. 6 × 2.8 = 16.8 → 17, 17 × 2.9 = 49.3 → 50.
        Intervals(5, 5, 5, 5).ShouldBe([1, 6, 17, 50]);
    }

    [Fact]
    public void a_failed_review_starts_again() => Intervals(4, 4, 4, 1, 4, 4).ShouldBe([1, 6, 15, 1, 6, 15]);

    [Fact]
    public void easiness_never_falls_below_its_floor_and_no_interval_leaves_the_calendar() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf().ToArbitrary(), grades =>
        {
            var known = Known([.. grades]);
            return known.Easiness >= 1.3 && known.IntervalDays <= 3_650 && (grades.Count == 0 || known.IntervalDays >= 1);
        }).QuickCheckThrowOnFailure();

    private static Sm2 Known(params int[] grades) => grades.Aggregate(Sm2.New, (known, grade) => known.After(grade));

    private static IEnumerable<int> Intervals(params int[] grades) =>
        Enumerable.Range(1, grades.Length).Select(count => Known(grades[..count]).IntervalDays);
}
