using FsCheck;
using FsCheck.Fluent;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Texts;

public sealed class When_a_text_is_cut_into_sentences
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("Dr. Smith met Mrs. Jones at 5 p.m. They spoke.", "Dr. Smith met Mrs. Jones at 5 p.m.|They spoke.")]
    [InlineData("We saw plants, e.g. ferns, mosses etc. in the wood.", "We saw plants, e.g. ferns, mosses etc. in the wood.")]
    [InlineData("J. S. Bach wrote it. I agree.", "J. S. Bach wrote it.|I agree.")]
    [InlineData("It costs 3.50 today. See Fig. 2 for more.", "It costs 3.50 today.|See Fig. 2 for more.")]
    [InlineData("“Stop!” he cried. (He meant it.) Then silence.", "“Stop!” he cried.|(He meant it.)|Then silence.")]
    [InlineData("Wait... what? Yes.", "Wait... what?|Yes.")]
    [InlineData("A line\nbroken in two.\n\nA heading\n\nText.", "A line broken in two.|A heading|Text.")]
    [InlineData("植物は光を使う。水も使う。", "植物は光を使う。|水も使う。")]
    [InlineData("   \n\n  ", "")]
    public void the_boundaries_are_where_a_reader_puts_them(string text, string expected) =>
        string.Join('|', SentenceSplitter.Split(text)).ShouldBe(expected);

    [Fact]
    public void nothing_but_white_space_is_lost_whatever_the_text() =>
        Prop.ForAll<string>(text =>
        {
            var given = text ?? "";
            return Letters(string.Concat(SentenceSplitter.Split(given))) == Letters(given);
        }).QuickCheckThrowOnFailure();

    private static string Letters(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
