using Orchestrator.BuiltinAgents.Quality;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Quality;

public sealed class When_readability_is_measured
{
    [Theory]
    // Known examples of the formula: 206.835 - 1.015 * 6 - 84.6 * 6/6 = 116.145, and 206.835 - 1.015 * 13 - 84.6 * 24/13 = 37.455.
    [InlineData("The cat sat on the mat.", 6, 6, 116.145, -1.45)]
    [InlineData("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 13, 24, 37.455, 11.265)]
    public void the_known_sentences_score_what_is_known(string text, int words, int syllables, double ease, double grade)
    {
        var counts = TextMeasures.Of(Sentence.AllOf(text)).Counts;

        counts.Words.ShouldBe(words);
        counts.Syllables.ShouldBe(syllables);
        counts.FleschReadingEase.ShouldBe(ease, 0.001);
        // 0.39 * 6 + 11.8 - 15.59 = -1.45, and 0.39 * 13 + 11.8 * 24/13 - 15.59 = 11.2646.
        counts.FleschKincaidGrade.ShouldBe(grade, 0.001);
    }

    [Fact]
    public void the_fog_index_is_that_of_the_formula() =>
        // 100 words in 5 sentences with 10 complex ones: 0.4 * (20 + 10) = 12.
        new ReadabilityCounts(Sentences: 5, Words: 100, Syllables: 150, Polysyllables: 14, ComplexWords: 10).GunningFog.ShouldBe(12, 1e-9);

    [Fact]
    public void smog_is_that_of_the_formula() =>
        // 30 sentences with 64 polysyllables: 3.1291 + 1.0430 * sqrt(64) = 11.4731.
        new ReadabilityCounts(Sentences: 30, Words: 500, Syllables: 800, Polysyllables: 64, ComplexWords: 60).Smog.ShouldBe(11.4731, 1e-9);

    [Theory]
    [InlineData(95, "very easy")]
    [InlineData(90, "very easy")]
    [InlineData(89.9, "easy")]
    [InlineData(65, "standard")]
    [InlineData(30, "difficult")]
    [InlineData(-5, "very difficult")]
    public void the_bands_are_flesch_s(double ease, string band) => ReadabilityCounts.BandOf(ease).ShouldBe(band);

    [Fact]
    public void names_and_endings_make_no_word_complex()
    {
        // Polysyllables: Alexander, expanded, deliberately. A name inside the sentence and a word that -ed made long are not complex.
        var counts = TextMeasures.Of(Sentence.AllOf("Then Alexander expanded it deliberately.")).Counts;
        counts.Polysyllables.ShouldBe(3);
        counts.ComplexWords.ShouldBe(1);
    }

    [Fact]
    public void ratios_of_different_words_are_counted_by_hand()
    {
        // Eight words, five different: a b a c a b d e.
        var measures = TextMeasures.Of(Sentence.AllOf("ant bee ant cat ant bee dog eel."));
        measures.TypeTokenRatio.ShouldBe(5 / 8.0);
        measures.MovingTypeTokenRatio.ShouldBe(5 / 8.0); // One window, as the text is shorter than fifty words.
    }

    [Fact]
    public void a_text_of_one_word_over_and_over_shows_it_in_the_moving_ratio() =>
        TextMeasures.Of(Sentence.AllOf(string.Join(' ', Enumerable.Repeat("echo", 200)))).MovingTypeTokenRatio.ShouldBe(1 / 50.0, 1e-12);

    [Fact]
    public void the_lengths_of_sentences_are_counted_by_hand()
    {
        // Lengths 1, 2, 3: mean 2, variance ((1 + 0 + 1) / 3), none over 25.
        var lengths = TextMeasures.Of(Sentence.AllOf("Go. Go on. Go on now.")).Lengths;
        lengths.ShouldBe(new SentenceLengths(2, 2, 3, Math.Sqrt(2 / 3.0), 0));
    }
}
