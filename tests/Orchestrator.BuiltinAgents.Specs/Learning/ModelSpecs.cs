using Orchestrator.BuiltinAgents.Learning;

namespace Orchestrator.BuiltinAgents.Specs.Learning;

public sealed class When_an_ability_is_estimated
{
    [Fact]
    public void right_answers_raise_it_wrong_ones_lower_it_and_each_makes_it_surer()
    {
        var before = Rasch.At(7);
        var (up, down) = (before.After(before.Theta, correct: true), before.After(before.Theta, correct: false));
        up.Theta.ShouldBeGreaterThan(before.Theta);
        (up.Theta - before.Theta).ShouldBe(before.Theta - down.Theta, 1e-9, "an item in the middle tells the same either way");
        up.Variance.ShouldBeLessThan(before.Variance);

        // The mode solves 1 − P = θ/σ²: by hand, for σ² = 1 at distance 0, θ = 0.4011.
        (up.Theta - before.Theta).ShouldBe(0.4011, 0.0001);
    }

    [Fact]
    public void it_comes_close_to_the_truth_of_a_learner_who_answers_by_it()
    {
        var chance = new Random(7);
        var truth = new Rasch(1.5, 0.02, 0);
        var belief = Rasch.At(null);
        for (var answer = 0; answer < 400; answer++)
        {
            var location = (answer % 9 - 4) * 0.75;
            belief = belief.After(location, chance.NextDouble() < truth.Chance(location));
        }

        belief.Theta.ShouldBe(truth.Theta, 3 * belief.StandardError);
        belief.StandardError.ShouldBeLessThan(0.2);
    }

    [Fact]
    public void an_item_where_right_and_wrong_are_as_likely_tells_most() =>
        new[] { -1.0, 0.5, 2.0 }.MaxBy(location => new Rasch(0.4, 1, 0).Information(location)).ShouldBe(0.5);

    [Theory]
    [InlineData(1e300)]
    [InlineData(-1e300)]
    public void what_came_back_from_other_hands_is_put_right(double theta)
    {
        var after = new Rasch(theta, 1e300, -4).Checked().After(0, correct: true);
        double.IsFinite(after.Theta).ShouldBeTrue();
        after.Answers.ShouldBe(1);
    }
}

public sealed class When_mastery_is_traced
{
    private static readonly Item Open = ItemBank.Shipped.Find("math-7-equations-1")!;
    private static readonly Item Choice = ItemBank.Shipped.Find("science-7-forces-1")!;

    /// <summary>Corbett and Anderson's two equations, worked by hand: P(L|right) = 0.27 / (0.27 + 0.07) and then + (1 − …) × 0.15.</summary>
    [Fact]
    public void it_follows_the_equations()
    {
        var (next, sure) = KnowledgeTracing.New.After(Open, correct: true);
        sure.ShouldBe(0.27 / 0.34, 1e-9);
        next.Known.ShouldBe(sure + ((1 - sure) * 0.15), 1e-9);
        var (after, wrongIs) = KnowledgeTracing.New.After(Open, correct: false);
        wrongIs.ShouldBe(1 - (0.03 / (0.03 + 0.63)), 1e-9);
        after.WrongInARow.ShouldBe(1);
    }

    [Fact]
    public void a_right_choice_says_less_than_a_right_answer_of_ones_own() =>
        KnowledgeTracing.New.After(Choice, correct: true).Sure.ShouldBeLessThan(KnowledgeTracing.New.After(Open, correct: true).Sure);

    [Fact]
    public void a_few_right_answers_in_a_row_are_mastery()
    {
        var skill = KnowledgeTracing.New;
        var answers = 0;
        for (; !skill.IsMastered && answers < 20; answers++)
        {
            skill = skill.After(Open, correct: true).Next;
        }

        answers.ShouldBeInRange(2, 4);
    }
}

public sealed class When_the_item_bank_is_read
{
    [Fact]
    public void every_shipped_item_judges_its_own_answers()
    {
        ItemBank.Shipped.Count.ShouldBeGreaterThan(20);
        foreach (var item in ItemBank.Shipped.All)
        {
            ItemBank.Problem(item, out _).ShouldBeNull(item.Id);
            item.Answers.ShouldAllBe(answer => Grading.IsRight(item, answer), item.Id);
            item.Misconceptions.ShouldAllBe(known => !Grading.IsRight(item, known.Answer) && item.FeedbackOn(known.Answer) == known.Feedback, item.Id);
            item.Hints.ShouldNotBeEmpty(item.Id);
            if (!item.Options.IsEmpty)
            {
                item.Options.Count(option => Grading.IsRight(item, option)).ShouldBe(1, item.Id);
            }
        }
    }

    [Theory]
    [InlineData("3/4", "0.75", true)]
    [InlineData("3/4", "0,75", true)]
    [InlineData("-5", "−5", true)]
    [InlineData("25", "25 %", true)]
    [InlineData("x = 5", "X=5", true)]
    [InlineData("Children.", " children ", true)]
    [InlineData("1/3", "0.333", true)]
    [InlineData("1/3", "0.3", false)]
    [InlineData("5", "-5", false)]
    [InlineData("1/0", "1/0", true)]
    [InlineData("its", "it's", false)]
    public void answers_are_compared_as_a_patient_teacher_would(string right, string given, bool same) => Grading.Same(right, given).ShouldBe(same);

    [Fact]
    public void a_folder_adds_to_it_and_a_bad_item_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("orc-items-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "a.json"), """[{"id": "geo-1", "subject": "Geography", "skill": "capitals", "prompt": "Capital of Peru?", "answers": ["Lima"]}]""");
            ItemBank.With(folder).Find("geo-1")!.Subject.ShouldBe("geography");
            File.WriteAllText(Path.Combine(folder, "b.json"), """[{"id": "geo-2", "subject": "geography", "skill": "capitals", "prompt": "Capital of Chile?", "options": ["Lima"], "answers": ["Santiago"]}]""");
            Should.Throw<InvalidOperationException>(() => ItemBank.With(folder)).Message.ShouldContain("'geo-2'");
            File.WriteAllText(Path.Combine(folder, "b.json"), "{");
            Should.Throw<InvalidOperationException>(() => ItemBank.With(folder)).Message.ShouldContain("b.json");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
