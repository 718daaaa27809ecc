using Orchestrator.Decisions.Routing;

namespace Orchestrator.Decisions.Specs.Routing;

public sealed class When_words_are_looked_for
{
    [Theory] // S4-50
    [InlineData("this, which", "hi", false)]
    [InlineData("the trunk", "run", false)]
    [InlineData("a cobweb", "web", false)]
    [InlineData("under_run", "run", false)]
    [InlineData("Hi!", "hi", true)]
    [InlineData("(run)", "RUN", true)]
    [InlineData("what\n  is it", "what is", true)]
    [InlineData("whatis it", "what is", false)]
    [InlineData("rerun, then run", "run", true)]
    [InlineData("wie heißt Straße", "STRASSE", false)]
    [InlineData("wie heißt die Straße?", "straße", true)]
    [InlineData("", "hi", false)]
    [InlineData("anything", " ", false)]
    public void they_begin_and_end_where_words_do(string text, string keyword, bool found) =>
        new KeywordMatch(Substring: false).IsIn(KeywordMatch.Prepare(text), keyword).ShouldBe(found);

    [Theory] // S4-14
    [InlineData("this, which", "hi")]
    [InlineData("the trunk", "run")]
    [InlineData("a CobWeb", "web")]
    public void as_substrings_they_count_inside_words_too(string text, string keyword) =>
        new KeywordMatch(Substring: true).IsIn(KeywordMatch.Prepare(text), keyword).ShouldBeTrue();
}
