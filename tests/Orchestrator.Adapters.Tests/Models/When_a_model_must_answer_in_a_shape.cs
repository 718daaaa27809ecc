using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Adapters.Tests.Models.ModelCalls;

namespace Orchestrator.Adapters.Tests.Models;

public sealed class When_a_model_must_answer_in_a_shape : IAsyncLifetime
{
    private const string Schema = """{"type": "object", "required": ["score"], "properties": {"score": {"type": "integer", "maximum": 10}}, "additionalProperties": false}""";

    private static readonly ModelSettings Judge = Small with { System = "You judge.", OutputSchema = Json(Schema), TokensMax = 50 };

    private readonly ModelCalls calls = new();
    private StubModel model = null!;

    public async Task InitializeAsync() => model = await StubModel.StartAsync();

    public async Task DisposeAsync()
    {
        calls.Dispose();
        await model.DisposeAsync();
    }

    [Theory, InlineData("""{"score": 7}"""), InlineData("```json\n{\"score\": 7}\n```"), InlineData("  {\"score\":\n 7}\n")]
    public async Task the_value_is_the_output(string said)
    {
        model.ThenSays(said);
        (await calls.AnswerAsync(model, Judge)).Replace(" ", "", StringComparison.Ordinal).ShouldBe("""{"score":7}""");

        var format = model.Asked.Single().Body.GetProperty("response_format");
        format.GetProperty("type").GetString().ShouldBe("json_schema");
        format.GetProperty("json_schema").GetProperty("schema").GetRawText().ShouldBe(Schema.Replace(" ", "", StringComparison.Ordinal));
        model.Messages(0)[0].ShouldStartWith("system: You judge.\n\nAnswer with one JSON value");
    }

    [Fact]
    public async Task what_is_not_of_it_is_mended_once()
    {
        model.ThenSays("""{"score": 11}""").ThenSays("""{"score": 10}""");
        var answer = await calls.AskAsync(model, Judge);
        answer.ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe("""{"score": 10}""");
        answer.Usage!.Requests.ShouldBe(2);
        model.Messages(1)[2..].ShouldBe(
        [
            """assistant: {"score": 11}""",
            "user: That is not what was asked for. /score: expected at most 10, found 11. Answer again, with the JSON value alone.",
        ]);
    }

    [Theory]
    [InlineData("I think it is a seven.", "It is not JSON")]
    [InlineData("""{"score": "7"}""", "/score: expected integer, found a text.")]
    [InlineData("""{"score": 1, "score": 2}""", "It is not JSON")]
    public async Task and_not_twice(string said, string problem)
    {
        model.ThenSays("no").ThenSays(said);
        var answer = await calls.AskAsync(model, Judge);
        var failure = answer.ShouldBeOfType<AgentAnswer.Failed>().Failure;
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.BadAnswer, false));
        failure.Message.ShouldContain(problem);
        answer.Usage!.Requests.ShouldBe(2, "what did not help has cost something all the same");
    }

    [Fact]
    public async Task one_that_was_cut_off_is_told_from_one_that_is_wrong()
    {
        model.ThenSays("""{"sco""", finish: "length", tokensOut: 50);
        var failure = await calls.FailAsync(model, Judge);
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.BadAnswer, false));
        failure.Message.ShouldContain("cut off after 50 tokens");
        model.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task one_that_was_withheld_is_final()
    {
        model.ThenSays("", finish: "content_filter");
        (await calls.FailAsync(model)).Code.ShouldBe(AgentFailures.Rejected);
    }
}
