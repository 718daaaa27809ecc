using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Assessments;

public sealed class When_a_quiz_is_written
{
    [Fact]
    public async Task filling_the_gap_with_the_answer_gives_a_sentence_of_the_text()
    {
        var (questions, key, text) = await Quiz(kind: "mixed");

        questions.Count.ShouldBe(8);
        foreach (var (id, question) in questions)
        {
            var sentence = key[id].GetProperty("sentence").GetString()!;
            text.ReplaceLineEndings(" ").ShouldContain(sentence);
            question.GetProperty("prompt").GetString()!.Replace("_____", key[id].GetProperty("answer").GetString())
                .ShouldBe(sentence, StringCompareShould.IgnoreCase);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task wrong_options_are_other_terms_of_the_text_and_never_the_answer(int options)
    {
        var (questions, key, text) = await Quiz(kind: "multiple_choice", options: options);
        foreach (var (id, question) in questions)
        {
            question.GetProperty("kind").GetString().ShouldBe("multiple_choice");
            var choices = question.GetProperty("options").EnumerateArray().Select(option => option.GetString()!).ToList();
            var answer = key[id].GetProperty("answer").GetString()!;

            choices.Count.ShouldBe(options);
            choices.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(options);
            choices.ShouldAllBe(choice => text.ReplaceLineEndings(" ").Contains(choice, StringComparison.OrdinalIgnoreCase));
            choices[key[id].GetProperty("option").GetString()![0] - 'A'].ShouldBe(answer);
            // No wrong option may be right as well: none is said in the sentence itself.
            choices.Where(choice => choice != answer)
                .ShouldAllBe(choice => !question.GetProperty("prompt").GetString()!.Contains(choice, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task a_cloze_quiz_has_gaps_only() =>
        (await Quiz(kind: "cloze")).Questions.Values
            .Select(question => question.GetRawText()).ShouldAllBe(question => question.Contains("\"cloze\"") && !question.Contains("\"options\""));

    [Fact]
    public async Task no_answer_and_no_sentence_is_used_twice()
    {
        var (_, key, _) = await Quiz(kind: "mixed", questions: 30);
        key.Values.Select(answer => answer.GetProperty("sentence").GetString()).ShouldBeUnique();
        key.Values.Select(answer => answer.GetProperty("answer").GetString()!.ToLowerInvariant()).ShouldBeUnique();
    }

    [Fact]
    public async Task the_same_text_gives_the_same_quiz_and_another_seed_another()
    {
        var first = await Asked.For("assessment_agent", new { text = Lesson.Markdown });
        var again = await Asked.For("assessment_agent", new { text = Lesson.Markdown });
        var other = await Asked.For("assessment_agent", new { text = Lesson.Markdown, seed = 1 });

        again.GetRawText().ShouldBe(first.GetRawText());
        other.GetRawText().ShouldNotBe(first.GetRawText());
    }

    [Fact]
    public async Task a_text_with_too_few_terms_for_options_gets_gaps_to_fill()
    {
        var output = await Asked.For("assessment_agent", new { text = "The big heart is what it is for all of us.", kind = "multiple_choice" });
        output.GetProperty("questions")[0].GetProperty("kind").GetString().ShouldBe("cloze");
        output.GetProperty("questions")[0].GetProperty("prompt").GetString().ShouldBe("The _____ is what it is for all of us.");
        output.GetProperty("answerKey")[0].GetProperty("answer").GetString().ShouldBe("big heart");
    }

    [Theory]
    [InlineData("Too short. Much too short.")]
    [InlineData("It is what it is, and so it was for all of them.")]
    [InlineData("A heart is a heart, and every heart is like any other.")]
    public async Task a_text_without_a_sentence_to_ask_about_says_so(string text) =>
        (await Asked.Refused("assessment_agent", JsonSerializer.Serialize(new { text }), code: "agent.nothing_to_do")).ShouldContain("no sentence to ask about");

    private static async Task<(Dictionary<string, JsonElement> Questions, Dictionary<string, JsonElement> Key, string Text)> Quiz(
        string kind, int options = 4, int questions = 8)
    {
        var text = (await Asked.For("content_ingestion_agent", new { text = Lesson.Markdown })).GetProperty("text").GetString()!;
        var output = await Asked.For("assessment_agent", new { text, kind, options, questions });
        return (ById(output.GetProperty("questions")), ById(output.GetProperty("answerKey")), text);
    }

    private static Dictionary<string, JsonElement> ById(JsonElement list) => list.EnumerateArray().ToDictionary(item => item.GetProperty("id").GetString()!);
}
