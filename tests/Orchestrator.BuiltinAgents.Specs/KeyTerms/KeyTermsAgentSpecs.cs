namespace Orchestrator.BuiltinAgents.Specs.KeyTerms;

public sealed class When_key_terms_are_asked_for
{
    [Fact]
    public async Task forms_of_one_word_are_one_term_and_every_mention_counts()
    {
        // "leaf" alone scores 1.5 (degree 1 + 2 over frequency 2) and stands in both sentences; "leaf cells" scores 1.5 + 2 and comes once.
        var output = await Asked.For("key_terms_agent", new { text = "The leaf is green. Leaf cells are in it.", order = "score" });
        var terms = output.GetProperty("terms").EnumerateArray().ToDictionary(term => term.GetProperty("term").GetString()!);

        terms["leaf"].GetProperty("occurrences").GetInt32().ShouldBe(2);
        terms["leaf"].GetProperty("score").GetDouble().ShouldBe(1.5);
        terms["Leaf cells"].GetProperty("score").GetDouble().ShouldBe(3.5);
        terms["Leaf cells"].GetProperty("sentence").GetString().ShouldBe("Leaf cells are in it.");
    }

    [Fact]
    public async Task a_lesson_s_terms_are_what_it_speaks_of()
    {
        var output = await Asked.For("key_terms_agent", new { text = Lesson.Markdown, count = 12 });
        var terms = output.GetProperty("terms").EnumerateArray().Select(term => term.GetProperty("term").GetString()!.ToLowerInvariant()).ToList();

        terms.ShouldContain("photosynthesis");
        terms.ShouldContain("calvin cycle");
        terms.ShouldContain("chlorophyll");
    }

    [Fact]
    public async Task a_word_for_the_order_that_it_does_not_know_is_refused() =>
        (await Asked.Refused("key_terms_agent", """{"text": "a", "order": "alphabet"}""")).ShouldContain("'order': expected one of weight, score, found 'alphabet'");

    [Fact]
    public async Task a_text_without_terms_gives_an_empty_list() =>
        (await Asked.For("key_terms_agent", new { text = "It is what it is." })).GetProperty("terms").GetArrayLength().ShouldBe(0);
}
