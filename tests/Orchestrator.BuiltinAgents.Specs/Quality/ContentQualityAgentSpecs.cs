using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Quality;

public sealed class When_a_text_s_quality_is_checked
{
    [Fact]
    public async Task easy_text_is_good_and_short_text_says_that_smog_is_shaky()
    {
        var output = await Asked.For("content_quality_agent", new { text = "The cat sat on the mat. It saw the dog and ran." });
        output.GetProperty("verdict").GetString().ShouldBe("good");
        output.GetProperty("band").GetString().ShouldBe("very easy");
        output.GetProperty("suggestions").GetArrayLength().ShouldBe(0);
        output.GetProperty("caveats")[0].GetString()!.ShouldContain("this text has 2");
    }

    [Fact]
    public async Task hard_text_gets_the_suggestions_that_its_measures_call_for()
    {
        const string heavy = "Notwithstanding considerable organizational complexity, interdisciplinary collaboration necessitates comprehensive "
            + "institutional reconfiguration, particularly regarding administrative responsibilities, communication infrastructures, "
            + "evaluation methodologies, and the continuous professional qualification of all participating representatives everywhere.";
        var output = await Asked.For("content_quality_agent", new { text = heavy });

        output.GetProperty("verdict").GetString().ShouldBe("revise");
        Codes(output).ShouldBe(["grade_too_high", "long_sentences", "complex_words"]);
    }

    [Fact]
    public async Task repetition_is_noticed() =>
        Codes(await Asked.For("content_quality_agent", new { text = string.Concat(Enumerable.Repeat("The cat saw the cat. ", 30)) })).ShouldBe(["repetitive"]);

    [Fact]
    public async Task a_text_in_another_language_is_measured_with_a_caveat() =>
        (await Asked.For("content_quality_agent", new { text = "Der Hund ist nicht im Haus und die Katze ist auch nicht da." }))
            .GetProperty("caveats")[0].GetString()!.ShouldContain("(de)");

    [Fact]
    public async Task the_lesson_of_the_examples_reads_well() =>
        (await Asked.For("content_quality_agent", new { text = Lesson.Markdown })).GetProperty("verdict").GetString().ShouldBe("good");

    [Fact]
    public async Task a_text_of_no_words_is_refused() => await Asked.Refused("content_quality_agent", """{"text": "..."}""", code: "agent.nothing_to_do");

    private static IEnumerable<string?> Codes(JsonElement output) =>
        output.GetProperty("suggestions").EnumerateArray().Select(suggestion => suggestion.GetProperty("code").GetString());
}
