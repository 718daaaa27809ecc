using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.KeyTerms;

public sealed class When_key_phrases_are_found
{
    // The abstract that the paper works through (Rose et al. 2010, figure 1.1).
    private const string Abstract =
        "Compatibility of systems of linear constraints over the set of natural numbers. Criteria of compatibility of a system of linear Diophantine "
        + "equations, strict inequations, and nonstrict inequations are considered. Upper bounds for components of a minimal set of solutions and "
        + "algorithms of construction of minimal generating sets of solutions for all types of systems are given. These criteria and the corresponding "
        + "algorithms for constructing a minimal supporting set of solutions can be used in solving all the considered types of systems and systems of "
        + "mixed types.";

    [Theory]
    [InlineData("minimal generating sets", 8.667)] // the scores of the paper's figure 1.5, which it prints as 8.7, 8.5, 7.7, 4.7, 4.5, 4 …
    [InlineData("linear diophantine equations", 8.5)]
    [InlineData("minimal supporting set", 7.667)]
    [InlineData("minimal set", 4.667)]
    [InlineData("linear constraints", 4.5)]
    [InlineData("natural numbers", 4.0)]
    [InlineData("strict inequations", 4.0)]
    [InlineData("nonstrict inequations", 4.0)]
    [InlineData("upper bounds", 4.0)]
    public void the_paper_s_example_scores_as_in_the_paper(string phrase, double score) =>
        Rake.Phrases(Sentence.AllOf(Abstract), wordsMax: 4).Single(found => found.Key == phrase).Score.ShouldBe(score, 0.001);

    [Fact]
    public void the_paper_s_best_phrases_come_first_in_the_paper_s_order() =>
        Rake.Phrases(Sentence.AllOf(Abstract), wordsMax: 4).Take(5).Select(found => found.Key).ShouldBe(
            ["minimal generating sets", "linear diophantine equations", "minimal supporting set", "minimal set", "linear constraints"]);

    [Fact]
    public void punctuation_numbers_and_single_letters_part_phrases() =>
        Rake.Phrases(Sentence.AllOf("Red fox, blue 42 whale x grey heron."), wordsMax: 4).Select(found => found.Key)
            .ShouldBe(["blue", "grey heron", "red fox", "whale"], ignoreOrder: true);

    [Fact]
    public void a_phrase_is_shown_as_the_text_writes_it_most_often() =>
        Rake.Phrases(Sentence.AllOf("Calvin cycle is here. The Calvin cycle is there. Water is here and water is there. Water is all."), wordsMax: 4)
            .Select(found => found.Text).ShouldBe(["Calvin cycle", "Water"], ignoreOrder: true);

    [Fact]
    public void phrases_longer_than_asked_for_are_left_out() =>
        Rake.Phrases(Sentence.AllOf("Big bad brown bears. Small bears."), wordsMax: 2).Select(found => found.Key).ShouldBe(["small bears"]);

    [Fact]
    public void a_text_of_stop_words_has_none() => Rake.Phrases(Sentence.AllOf("It was not there, and yet it is."), wordsMax: 4).ShouldBeEmpty();
}
