using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Contracts.Tests.Journals;

public sealed class Payloads_keep_their_letters
{
    [Theory]
    [InlineData("""{"a":"Ana & Bo <b> \u00ef ï","n":1.50}""")]
    [InlineData("""[1, 2,  3]""")]
    [InlineData("null")]
    public void what_is_read_out_of_a_document_is_what_stood_there(string json) =>
        JsonSerializer.Deserialize<Payload>(json).ToString().ShouldBe(json);

    [Fact]
    public void what_was_laid_out_over_lines_comes_out_on_one() =>
        JsonSerializer.Deserialize<Payload>("{\n  \"a\": \"Ana & Bo\\n\",\r\n  \"b\": [1]\n}").ToString().ShouldBe("""{"a":"Ana & Bo\n","b":[1]}""");
}
