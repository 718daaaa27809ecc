using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Texts;

public sealed class When_a_text_is_cut_into_words
{
    [Theory]
    [InlineData("The quick (“brown”) fox can’t jump 32.3 feet, right?", "The|quick|brown|fox|can’t|jump|32.3|feet|right")] // the example of UAX 29, section 4
    [InlineData("light-dependent reactions — really", "light-dependent|reactions|really")]
    [InlineData("e.g. 1,000 or 3.14, U.S. made", "e.g|1,000|or|3.14|U.S|made")]
    [InlineData("end.Next", "end|Next")]
    [InlineData("CO2 and H2O", "CO2|and|H2O")]
    [InlineData("Straße für 2 Äpfel", "Straße|für|2|Äpfel")]
    [InlineData("e\u0301te\u0301", "e\u0301te\u0301")]
    [InlineData("光合作用", "光|合|作|用")]
    [InlineData("𝒶𝒷 🌱 x", "𝒶𝒷|x")]
    [InlineData("'quoted' -dash- it's", "quoted|dash|it's")]
    [InlineData("", "")]
    [InlineData("—…!?", "")]
    public void the_words_are_those_of_the_rules(string text, string expected) =>
        string.Join('|', Tokenizer.Words(text).Select(word => word.Text)).ShouldBe(expected);

    [Fact]
    public void each_word_stands_where_it_says()
    {
        const string text = "One, two—three's “four” 𝒶b";
        Tokenizer.Words(text).ShouldAllBe(word => text.Substring(word.Start, word.Text.Length) == word.Text);
    }

    [Fact]
    public void half_a_surrogate_pair_is_no_letter() => Tokenizer.Words("a\ud800b").Select(word => word.Text).ShouldBe(["a", "b"]);

    [Fact]
    public void a_run_without_end_is_cut() =>
        Tokenizer.Words(new string('x', 1_000)).ShouldAllBe(word => word.Text.Length <= Tokenizer.WordLengthMax);
}
