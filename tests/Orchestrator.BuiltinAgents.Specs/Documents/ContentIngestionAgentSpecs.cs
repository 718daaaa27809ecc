using System.Text;
using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Documents;

public sealed class When_a_document_is_taken_in
{
    [Fact]
    public async Task markdown_gives_its_headings_and_its_text_without_markup()
    {
        const string markdown = "---\nauthor: me\n---\n# Plants *and* light\n\nThey **grow**.\nSlowly.\n\n## Roots\n\n- drink [water](http://x.test)\n- hold\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        var output = await Asked.For("content_ingestion_agent", new { text = markdown });

        output.GetProperty("format").GetString().ShouldBe("markdown");
        output.GetProperty("title").GetString().ShouldBe("Plants and light");
        Sections(output).ShouldBe([("Plants and light", 1, "They grow. Slowly."), ("Roots", 2, "drink water\n\nhold\n\na b\n\n1 2")]);
        output.GetProperty("text").GetString().ShouldBe("They grow. Slowly.\n\ndrink water\n\nhold\n\na b\n\n1 2");
        output.GetProperty("paragraphCount").GetInt32().ShouldBe(5);
        output.GetProperty("wordCount").GetInt32().ShouldBe(10);
    }

    [Fact]
    public async Task html_loses_what_is_not_its_text()
    {
        const string html = "<!doctype html><title> A  page </title><style>p{}</style><nav>Home</nav><h1>Big &amp; bold</h1><p>One<br>two <b>th</b>ree.<script>alert(1)</script>"
            + "<div>Four.<div>Five.</div></div><p hidden>No.<footer>Imprint</footer>";
        var output = await Asked.For("content_ingestion_agent", new { content = html });

        output.GetProperty("format").GetString().ShouldBe("html");
        output.GetProperty("title").GetString().ShouldBe("A page");
        Sections(output).ShouldBe([("Big & bold", 1, "One two three.\n\nFour.\n\nFive.")]);
    }

    [Fact]
    public async Task plain_text_keeps_its_paragraphs_and_takes_the_title_given()
    {
        var output = await Asked.For("content_ingestion_agent", new { text = "One.\r\nStill one.\r\n\r\n\u0007Two.", title = " Mine " });
        output.GetProperty("format").GetString().ShouldBe("text");
        output.GetProperty("title").GetString().ShouldBe("Mine");
        Sections(output).ShouldBe([(null, 0, "One. Still one.\n\nTwo.")]);
    }

    [Theory]
    [InlineData("The plants of the wood are green and they grow with the light of the sun.", "en")]
    [InlineData("Die Pflanzen sind grün und der Wald ist nicht weit von dem Haus.", "de")]
    [InlineData("Les plantes sont vertes et la forêt est dans une vallée avec des arbres.", "fr")]
    [InlineData("Las plantas son verdes y el bosque es más grande que los campos.", "es")]
    [InlineData("Le piante sono verdi e il bosco non è lontano dalla casa, che è anche della nonna.", "it")]
    [InlineData("植物は光を使って水から糖を作ります。", "ja")]
    [InlineData("식물은 빛을 사용합니다.", "ko")]
    [InlineData("xyzzy plugh", "und")]
    public async Task the_language_is_guessed(string text, string code) =>
        (await Asked.For("content_ingestion_agent", new { text })).GetProperty("language").GetString().ShouldBe(code);

    [Fact]
    public async Task bytes_are_read_as_utf8_text() =>
        (await Asked.For("content_ingestion_agent", new { base64 = Base64("\uFEFF# Grün\n\nText.") })).GetProperty("title").GetString().ShouldBe("Grün");

    [Fact]
    public async Task the_lesson_of_the_examples_has_its_sections()
    {
        var output = await Asked.For("content_ingestion_agent", new { text = Lesson.Markdown }, action: "ingest");
        output.GetProperty("title").GetString().ShouldBe("How plants make food from light");
        output.GetProperty("sections").GetArrayLength().ShouldBe(7);
        output.GetProperty("language").GetString().ShouldBe("en");
        output.GetProperty("wordCount").GetInt32().ShouldBeInRange(600, 900);
    }

    [Theory]
    [InlineData("""{}""", "'text': expected a text, found nothing")]
    [InlineData("""{"text": "a", "format": "docx"}""", "'format': expected one of auto, text, markdown, html, pdf, found 'docx'")]
    [InlineData("""{"text": "a", "format": "pdf"}""", "'format': expected the PDF's bytes in 'base64', found a text")]
    [InlineData("""{"base64": "not base64!"}""", "'base64': expected a string in base64")]
    [InlineData("""{"base64": ""}""", "the document: expected at least one byte, found none")]
    [InlineData("""{"base64": "/w=="}""", "the document: expected text in UTF-8, found other bytes at offset 0")]
    [InlineData("""{"path": "a.txt"}""", "no folder is open for reading")]
    public async Task an_input_it_cannot_read_is_refused(string json, string said) =>
        (await Asked.Refused("content_ingestion_agent", json)).ShouldContain(said);

    [Fact]
    public async Task markup_without_a_word_has_nothing_in_it() =>
        await Asked.Refused("content_ingestion_agent", """{"text": "<html><script>x()</script></html>"}""", code: "agent.nothing_to_do");

    [Fact]
    public async Task a_page_nested_deeply_is_read() =>
        (await Asked.For("content_ingestion_agent", new { text = "<html>" + string.Concat(Enumerable.Repeat("<div>", 900)) + "deep" }))
            .GetProperty("text").GetString().ShouldBe("deep");

    [Fact]
    public async Task a_page_nested_without_end_is_refused_before_it_is_parsed() =>
        (await Asked.Refused("content_ingestion_agent", JsonSerializer.Serialize(new { text = "<html>" + string.Concat(Enumerable.Repeat("<div>", 190_000)) }), code: "agent.unreadable_document"))
            .ShouldContain("more than 1000 levels");

    [Fact]
    public async Task paragraphs_and_items_that_nobody_closed_do_not_nest() =>
        (await Asked.For("content_ingestion_agent", new { text = "<html><ul>" + string.Concat(Enumerable.Repeat("<li>One<p>two<br>", 2_000)) }))
            .GetProperty("paragraphCount").GetInt32().ShouldBe(4_000);

    [Fact]
    public async Task markdown_that_nests_without_end_is_refused() =>
        await Asked.Refused("content_ingestion_agent", JsonSerializer.Serialize(new { text = new string('>', 50_000) + " deep", format = "markdown" }), code: "agent.unreadable_document");

    [Theory]
    [InlineData("html", "<", 990_000)] // Minutes, before lone brackets were escaped.
    [InlineData("text", ". ", 490_000)] // Each full stop used to look for the next letter through all that follow.
    public async Task a_megabyte_made_to_waste_time_is_read_to_its_one_word(string format, string piece, int count) =>
        (await Asked.For("content_ingestion_agent", new { text = string.Concat(Enumerable.Repeat(piece, count)) + " x", format }))
            .GetProperty("wordCount").GetInt32().ShouldBe(1);

    [Fact]
    public async Task a_paragraph_of_nothing_but_marks_is_refused_before_it_is_parsed() =>
        (await Asked.Refused("content_ingestion_agent", JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("[a](", 240_000)), format = "markdown" }), code: "agent.unreadable_document"))
            .ShouldContain("more than 5000 marks in one paragraph");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<(string? Heading, int Level, string? Text)> Sections(JsonElement output) =>
        output.GetProperty("sections").EnumerateArray().Select(section => (
            section.TryGetProperty("heading", out var heading) ? heading.GetString() : null,
            section.GetProperty("level").GetInt32(),
            section.GetProperty("text").GetString()));
}
