using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Courses;

public sealed class When_a_course_is_put_together
{
    [Fact]
    public async Task the_agents_of_the_example_make_one_course_of_the_lesson()
    {
        var lesson = await Asked.For("content_ingestion_agent", new { text = Lesson.Markdown });
        var text = lesson.GetProperty("text").GetString();
        var terms = await Asked.For("key_terms_agent", new { text });
        var output = await Asked.For("course_agent", new
        {
            lesson,
            summary = await Asked.For("summary_agent", new { text }),
            keyTerms = terms,
            quality = await Asked.For("content_quality_agent", new { text }),
            quiz = await Asked.For("assessment_agent", new { text }),
            mindMap = await Asked.For("mindmap_agent", new { sections = lesson.GetProperty("sections"), title = lesson.GetProperty("title") }),
            calendar = await Asked.For("learning_science_agent", new { items = terms.GetProperty("terms") }),
        });

        output.GetProperty("title").GetString().ShouldBe("How plants make food from light");
        output.GetProperty("chapters").GetInt32().ShouldBe(7);
        var chapters = output.GetProperty("markdown").GetString()!.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal));
        chapters.ShouldBe(["## In short", "## Key terms", "## The lesson", "## Mind map", "## Check yourself", "## Study calendar", "## Answers"]);
        output.GetProperty("markdown").GetString()!.ShouldContain("```mermaid\nmindmap\n  root((\"How plants make food from light\"))");
        output.GetProperty("quiz").GetProperty("answerKey").GetArrayLength().ShouldBe(8);
    }

    [Fact]
    public async Task the_page_is_written_as_shown()
    {
        var output = await Asked.For("course_agent", new
        {
            lesson = new { title = "T", wordCount = 3, sections = new[] { new { heading = "T", text = "One.\n\nTwo." }, new { heading = "More", text = "" } } },
            keyTerms = new { terms = new[] { new { term = "one", sentence = "One." } } },
            quiz = new
            {
                questions = new object[] { new { id = "q1", prompt = "_____.", options = new[] { "One", "Two" } }, new { id = "q2", prompt = "2. is _____" } },
                answerKey = new object[] { new { id = "q2", answer = "two" }, new { id = "q1", answer = "One", option = "A" } },
            },
            calendar = new { calendar = new[] { new { date = "2024-03-01", sessions = new[] { new { term = "one", review = 0 }, new { term = "two", review = 2 } } } } },
        });

        output.GetProperty("markdown").GetString().ShouldBe("""
            # T

            *3 words*

            ## Key terms

            - **one**: One.

            ## The lesson

            One.

            Two.

            ### More

            ## Check yourself

            1. _____.
               - A) One
               - B) Two

            2. 2\. is _____

            ## Study calendar

            | Day | Study and review |
            |---|---|
            | 2024-03-01 | one (new), two (review 2) |

            ## Answers

            1. A) One
            2. two

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task a_part_that_failed_is_left_out()
    {
        var output = await Asked.For("course_agent", new { lesson = new { text = "One." }, quiz = (object?)null, title = "Mine" });
        output.GetProperty("markdown").GetString().ShouldBe("# Mine\n\n## The lesson\n\nOne.\n");
        output.GetProperty("chapters").GetInt32().ShouldBe(1);
        output.TryGetProperty("quiz", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task text_cannot_pass_for_markup()
    {
        var output = await Asked.For("course_agent", new
        {
            lesson = new { title = "A\n# B <script>", text = "# not a heading\n\n- not a list\n\n1. nor this\n\n[link](javascript:x) `code` | cell" },
            mindMap = new { mermaid = "mindmap\n```\n# out" },
        });
        var page = output.GetProperty("markdown").GetString()!;

        page.ShouldStartWith("# A \\# B \\<script\\>\n");
        page.ShouldContain("\\# not a heading\n\n\\- not a list\n\n1\\. nor this\n\n\\[link\\](javascript:x) \\`code\\` \\| cell");
        page.ShouldContain("````mermaid\nmindmap\n```\n# out\n````\n");
    }

    [Theory]
    [InlineData("""{}""", "'lesson': expected the object that content_ingestion_agent answers, found nothing")]
    [InlineData("""{"lesson": "text"}""", "'lesson': expected the answer of the agent that makes it, found the string 'text'")]
    [InlineData("""{"lesson": {"text": "a"}, "quiz": {"questions": 5}}""", "'quiz': expected the answer of the agent that makes it, found another shape at $.questions")]
    [InlineData("""{"lesson": {"text": "\ud800"}}""", "'lesson': expected the answer")]
    public async Task parts_of_another_shape_are_refused(string json, string said) => (await Asked.Refused("course_agent", json)).ShouldContain(said);

    [Fact]
    public async Task an_empty_lesson_teaches_nothing() => await Asked.Refused("course_agent", """{"lesson": {}}""", code: "agent.nothing_to_do");

    [Fact]
    public async Task lists_with_holes_are_read_around() =>
        (await Asked.For("course_agent", new { lesson = new { text = "One." }, keyTerms = new { terms = new object?[] { null, new { } } }, quiz = new { questions = new object?[] { null } } }))
            .GetProperty("title").GetString().ShouldBe("Course");
}
