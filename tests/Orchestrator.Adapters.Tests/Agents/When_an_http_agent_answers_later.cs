using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_an_http_agent_answers_later : IDisposable
{
    private static readonly CompletionOffer Offer = new("t0ken", "https://orc.example.com/api/v1/completions/t0ken");

    private readonly HttpCalls calls = new();

    public void Dispose() => calls.Dispose();

    [Theory]
    [InlineData(BodyShape.Envelope)]
    [InlineData(BodyShape.Input)]
    public async Task it_is_told_how_in_headers_and_in_the_envelope_and_its_202_is_taken_for_a_promise(BodyShape shape)
    {
        (string Body, string Token, string Url)? seen = null;
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            seen = (await reader.ReadToEndAsync(), context.Request.Headers["Orchestrator-Completion-Token"].ToString(), context.Request.Headers["Orchestrator-Completion-Url"].ToString());
            context.Response.StatusCode = 202;
        });

        (await calls.CallAsync(agent.Address.ToString(), shape, offer: Offer)).ShouldBe(AgentAnswer.Later);
        (seen!.Value.Token, seen.Value.Url).ShouldBe((Offer.Token, Offer.Url));
        seen.Value.Body.ShouldBe(shape == BodyShape.Input
            ? """{"topic":"tea"}"""
            : """{"action":"write","input":{"topic":"tea"},"context":{"agent":"writer","workflowId":"w1","stepId":"s1","attempt":2,"deadline":"2030-01-02T03:04:05.678Z","completion":{"token":"t0ken","url":"https://orc.example.com/api/v1/completions/t0ken"}}}""");
    }

    [Fact]
    public async Task without_a_token_its_promise_could_not_be_kept_and_is_a_failure()
    {
        await using var agent = await StubAgent.AnswerAsync(202, "{}");
        var failure = await calls.FailAsync(agent.Address.ToString());
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.BadAnswer, false));
    }

    [Theory]
    [InlineData("t0ken", true)]
    [InlineData("another", false)]
    [InlineData(null, false)]
    public async Task asked_first_it_is_waited_for_when_it_says_the_token_back(string? said, bool waits)
    {
        await using var agent = await StubAgent.StartAsync(context =>
        {
            context.Response.StatusCode = 202;
            if (said is not null)
            {
                context.Response.Headers["Orchestrator-Completion-Token"] = said;
            }

            return Task.CompletedTask;
        });

        var answer = await calls.CallAsync(agent.Address.ToString(), askFirst: true, offer: Offer);
        (answer is AgentAnswer.Deferred).ShouldBe(waits);
        if (!waits)
        {
            answer.ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe(AgentFailures.Busy);
        }
    }
}
