using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Adapters.Tests.Models.ModelCalls;

namespace Orchestrator.Adapters.Tests.Models;

public sealed class When_a_model_fails : IAsyncLifetime
{
    private static readonly ModelSettings Chain = Small with { Fallbacks = ["middle", "large"] };

    private readonly ModelCalls calls = new();
    private StubModel model = null!;

    public async Task InitializeAsync() => model = await StubModel.StartAsync();

    public async Task DisposeAsync()
    {
        calls.Dispose();
        await model.DisposeAsync();
    }

    [Theory]
    [InlineData(400, AgentFailures.Rejected, false)]
    [InlineData(401, AgentFailures.Rejected, false)]
    [InlineData(403, AgentFailures.Rejected, false)]
    [InlineData(404, AgentFailures.Rejected, false)]
    [InlineData(422, AgentFailures.Rejected, false)]
    [InlineData(408, AgentFailures.Timeout, true)]
    [InlineData(429, AgentFailures.Busy, true)]
    [InlineData(500, AgentFailures.Error, true)]
    [InlineData(503, AgentFailures.Error, true)]
    [InlineData(302, AgentFailures.BadAnswer, true)]
    public async Task what_it_says_decides_whether_it_is_asked_again(int status, string code, bool retryable)
    {
        model.ThenStatus(status);
        var failure = await calls.FailAsync(model);
        (failure.Code, failure.Retryable, failure.RetryAfter).ShouldBe((code, retryable, null));
        model.Asked.Count.ShouldBe(1, "nothing retries behind the journal's back");
    }

    [Theory, InlineData(429, "7", 7), InlineData(503, "86400", 600), InlineData(500, "7", null), InlineData(429, "soon", null)]
    public async Task when_it_says_later_it_is_asked_later_but_not_at_any_price(int status, string retryAfter, int? seconds)
    {
        model.ThenStatus(status, retryAfter: retryAfter);
        (await calls.FailAsync(model)).RetryAfter.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public async Task it_says_why_as_far_as_that_is_fit_to_be_kept()
    {
        model.ThenStatus(404, """{"error": {"message": "model 'small' not found,\n try pulling it first"}}""");
        (await calls.FailAsync(model)).Message.ShouldBe("Agent 'writer': Model at 127.0.0.1 answered 404: model 'small' not found,  try pulling it first.");
    }

    [Theory, InlineData(""), InlineData("<html>oops</html>"), InlineData("[]"), InlineData("""{"error": 5}"""), InlineData("""{"error": "\ud800"}""")]
    public async Task an_error_that_explains_nothing_is_one_all_the_same(string body)
    {
        model.ThenStatus(500, body);
        (await calls.FailAsync(model)).Message.ShouldBe("Agent 'writer': Model at 127.0.0.1 answered 500.");
    }

    [Theory, InlineData("<html>"), InlineData("{}"), InlineData("[]"), InlineData("""{"choices": []}"""), InlineData("""{"choices": [{"message": 5}]}"""), InlineData("")]
    public async Task a_200_without_an_answer_is_none(string body)
    {
        model.Then(context => StubModel.WriteAsync(context, body));
        var failure = await calls.FailAsync(model, Small with { Streams = false });
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.BadAnswer, true));
    }

    [Theory, InlineData(429), InlineData(500), InlineData(503), InlineData(408)]
    public async Task the_next_of_its_chain_answers(int status)
    {
        model.ThenStatus(status).ThenStatus(status).ThenSays("ok", tokensIn: 100, tokensOut: 10);
        var answer = await calls.AskAsync(model, Chain with { PriceIn = 1, PriceOut = 1 });
        answer.ShouldBeOfType<AgentAnswer.Completed>();
        model.Models().ShouldBe(["small", "middle", "large"]);
        answer.Usage.ShouldBe(new CallUsage(3, 100, 10, 0.00011m, "answered-by"));
    }

    [Fact]
    public async Task a_model_that_breaks_off_or_takes_too_long_is_replaced_too()
    {
        var (hanging, clock) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new HandClock());
        using var patient = new ModelCalls(clock: clock);
        model.Then(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync("data: {\"choices\": [{\"delta\": {}}]}\n\n"u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
        }).ThenHangs(hanging).ThenSays("ok");
        var call = patient.AskAsync(model, Chain with { RequestTimeout = TimeSpan.FromSeconds(5) });
        await hanging.Task;
        clock.Advance(TimeSpan.FromSeconds(5));
        (await call).ShouldBeOfType<AgentAnswer.Completed>();
        model.Models().ShouldBe(["small", "middle", "large"]);
    }

    [Theory, InlineData(400), InlineData(401), InlineData(404)]
    public async Task what_another_model_would_refuse_as_well_is_not_asked_of_it(int status)
    {
        model.ThenStatus(status);
        (await calls.FailAsync(model, Chain)).Code.ShouldBe(AgentFailures.Rejected);
        model.Models().ShouldBe(["small"]);
    }

    [Fact]
    public async Task nobody_there_is_asked_once()
    {
        await model.DisposeAsync();
        var answer = await calls.AskAsync(model, Chain);
        var failure = answer.ShouldBeOfType<AgentAnswer.Failed>().Failure;
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Unreachable, true));
        answer.Usage!.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task when_all_fail_the_failure_names_each_and_waits_only_for_the_first_that_will_have_time()
    {
        model.ThenStatus(429, retryAfter: "30").ThenStatus(429, retryAfter: "9").ThenStatus(503, retryAfter: "60");
        var answer = await calls.AskAsync(model, Chain);
        var failure = answer.ShouldBeOfType<AgentAnswer.Failed>().Failure;
        (failure.Code, failure.Retryable, failure.RetryAfter).ShouldBe((AgentFailures.Error, true, TimeSpan.FromSeconds(9)));
        failure.Message.ShouldContain("answered 429");
        failure.Message.ShouldContain("answered 503");
        answer.Usage!.Requests.ShouldBe(3);
    }
}
