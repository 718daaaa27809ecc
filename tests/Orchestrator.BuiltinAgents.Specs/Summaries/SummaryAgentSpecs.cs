using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Summaries;

public sealed class When_a_summary_is_asked_for
{
    [Fact]
    public async Task its_sentences_are_sentences_of_the_text_in_their_order()
    {
        var output = await Asked.For("summary_agent", new { text = "Plants need light. Plants need water. Plants need light and water. Cars need fuel.", sentences = 2 });

        output.GetProperty("sentenceCount").GetInt32().ShouldBe(4);
        var kept = output.GetProperty("sentences").EnumerateArray().ToList();
        kept.Count.ShouldBe(2);
        kept.Select(sentence => sentence.GetProperty("index").GetInt32()).ShouldBeInOrder();
        output.GetProperty("summary").GetString().ShouldBe(string.Join(' ', kept.Select(sentence => sentence.GetProperty("text").GetString())));
    }

    [Fact]
    public async Task the_same_text_gives_the_same_summary_every_time()
    {
        var first = await Asked.For("summary_agent", new { text = Lesson.Markdown });
        var second = await Asked.For("summary_agent", new { text = Lesson.Markdown });
        first.GetRawText().ShouldBe(second.GetRawText());
    }

    [Fact]
    public async Task a_megabyte_of_text_is_read()
    {
        var sentence = "The leaf number {0} turns towards the sun and drinks water{1}. ";
        var text = string.Concat(Enumerable.Range(0, 16_000).Select(number => string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, number, number % 97)));
        var output = await Asked.For("summary_agent", new { text = text[..Math.Min(text.Length, 1_000_000)], sentences = 3 });
        output.GetProperty("sentences").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("""{}""", "'text': expected a text, found nothing")]
    [InlineData("""{"text": 42}""", "'text': expected a string, found the number 42")]
    [InlineData("""{"text": "  \n"}""", "'text': expected a text with at least one word, found white space")]
    [InlineData("""{"text": "\ud800"}""", "'text': expected Unicode text, found half of a surrogate pair")]
    [InlineData("""{"text": "a", "sentences": 0}""", "'sentences': expected a whole number from 1 to 100, found the number 0")]
    [InlineData("""{"text": "a", "sentences": 1e99}""", "'sentences': expected a whole number from 1 to 100, found the number 1e99")]
    [InlineData("""[1]""", "the input: expected an object, found a list")]
    [InlineData("""null""", "the input: expected an object, found nothing")]
    public async Task an_input_it_cannot_read_is_refused_for_good_with_what_was_expected_and_found(string json, string said) =>
        (await Asked.Refused("summary_agent", json)).ShouldContain(said);

    [Fact]
    public async Task all_mistakes_are_named_at_once()
    {
        var message = await Asked.Refused("summary_agent", """{"text": [], "sentences": "five"}""");
        message.ShouldContain("'text'");
        message.ShouldContain("'sentences'");
    }

    [Fact]
    public async Task an_action_it_does_not_know_is_refused_with_those_it_knows() =>
        (await Asked.Refused("summary_agent", """{"text": "a"}""", action: "sumarize")).ShouldContain("expected one of summarize, summarize_content, found 'sumarize'");

    [Fact]
    public async Task a_text_of_no_words_has_nothing_to_keep() =>
        (await Asked.Refused("summary_agent", """{"text": "!!! ???"}""", code: "agent.nothing_to_do")).ShouldContain("no word");

    [Fact]
    public async Task a_text_over_the_limit_is_refused() =>
        (await Asked.Refused("summary_agent", JsonSerializer.Serialize(new { text = new string('x', 200) }), options: new() { TextLengthMax = 100 }))
            .ShouldContain("expected at most 100 characters, found 200");

    [Fact]
    public async Task an_input_over_the_limit_is_refused_unread() =>
        (await Asked.Refused("summary_agent", JsonSerializer.Serialize(new { text = new string('x', 2_000) }), options: new() { InputBytesMax = 1_024 }))
            .ShouldContain("expected at most 1024 bytes, found 2011 bytes");
}
