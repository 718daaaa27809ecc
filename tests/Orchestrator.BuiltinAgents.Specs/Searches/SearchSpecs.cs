using Orchestrator.BuiltinAgents.Searches;

namespace Orchestrator.BuiltinAgents.Specs.Searches;

public sealed class When_documents_are_searched
{
    private static readonly object[] Documents =
    [
        new { id = "cats", text = "Cats sleep long. A cat hunts at night." },
        new { id = "dogs", text = "Dogs bark. They guard the house while the family sleeps." },
        "Stones lie in the river.",
    ];

    [Fact]
    public void the_score_is_that_of_the_paper()
    {
        // Two texts of three and one words, "tea" twice in the first: ln(1 + (2 - 1 + 0.5) / (1 + 0.5)) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2)).
        var index = new Bm25(["tea tea cup", "milk"]);
        index.Score(0, ["tea"]).ShouldBe(Math.Log(2) * 2 * 2.2 / (2 + (1.2 * (0.25 + (0.75 * 3 / 2)))), 1e-12);
        index.Score(1, ["tea"]).ShouldBe(0);
    }

    [Fact]
    public async Task the_best_comes_first_with_the_sentence_that_answers()
    {
        var output = await Asked.For("kb_librarian", new { query = "When does a cat hunt?", documents = Documents });
        var results = output.GetProperty("results");
        results[0].GetProperty("id").GetString().ShouldBe("cats");
        results[0].GetProperty("sentence").GetString().ShouldBe("A cat hunts at night.");
        output.GetProperty("searched").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task what_does_not_speak_of_it_is_no_result() =>
        (await Asked.For("kb_librarian", new { query = "river", documents = Documents })).GetProperty("results").EnumerateArray()
            .Select(result => result.GetProperty("id").GetString()).ShouldBe(["3"]);

    [Fact]
    public async Task an_answer_is_made_of_sentences_that_are_there_and_says_where()
    {
        var output = await Asked.For("rag_agent", new { content = "Who sleeps?", documents = Documents }, action: "process_request");
        output.GetProperty("answer").GetString().ShouldBe("Cats sleep long. They guard the house while the family sleeps.");
        output.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("id").GetString()).Order().ShouldBe(["cats", "dogs"]);
    }

    [Fact]
    public async Task where_nothing_speaks_of_it_nothing_is_made_up() =>
        await Asked.Refused("rag_agent", """{"query": "volcano", "documents": ["Cats sleep."]}""", code: "agent.nothing_to_do");

    [Theory, InlineData("kb_librarian"), InlineData("rag_agent")]
    public async Task without_documents_it_says_what_it_needs(string agent) =>
        (await Asked.Refused(agent, """{"query": "cats"}""")).ShouldContain("'documents': expected the texts");
}
