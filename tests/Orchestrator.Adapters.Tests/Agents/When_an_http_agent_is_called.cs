using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Adapters.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_an_http_agent_is_called : IDisposable
{
    private readonly HttpCalls calls = new();

    public void Dispose() => calls.Dispose();

    [Fact]
    public async Task it_gets_the_envelope_and_the_headers_and_its_json_is_the_output()
    {
        (string Body, Dictionary<string, string> Headers, string Method)? seen = null;
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            seen = (await reader.ReadToEndAsync(), headers, context.Request.Method);
            await context.Response.WriteAsJsonAsync(new { done = true });
        });

        var answer = await calls.CallAsync(agent.Address.ToString());

        answer.ShouldBe(AgentAnswer.Ok(Payload.FromTrustedUtf8("""{"done":true}"""u8.ToArray())));
        var (body, sent, method) = seen!.Value;
        method.ShouldBe("POST");
        body.ShouldBe(
            """{"action":"write","input":{"topic":"tea"},"context":{"agent":"writer","workflowId":"w1","stepId":"s1","attempt":2,"deadline":"2030-01-02T03:04:05.678Z"}}""");
        sent["Idempotency-Key"].ShouldBe("key-1");
        sent["Orchestrator-Attempt"].ShouldBe("2");
        sent["Orchestrator-Deadline"].ShouldBe("2030-01-02T03:04:05.678Z");
        sent["traceparent"].ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        sent["Content-Type"].ShouldBe("application/json; charset=utf-8");
        sent.ShouldNotContainKey("Cookie");
    }

    [Theory]
    [InlineData(200, """{"kept":1}""", "GET key-1")]
    [InlineData(404, """{"made":1}""", "GET key-1, POST key-1")]
    [InlineData(405, """{"made":1}""", "GET key-1, POST key-1")]
    public async Task asked_first_it_is_called_only_if_it_knows_of_no_such_call(int known, string output, string asked)
    {
        var seen = new List<string>();
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            seen.Add($"{context.Request.Method} {context.Request.Headers["Idempotency-Key"]}");
            context.Response.StatusCode = context.Request.Method == "GET" ? known : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(context.Request.Method == "GET" ? """{"kept":1}""" : """{"made":1}""");
        });

        var answer = await calls.CallAsync(agent.Address.ToString(), askFirst: true);

        answer.ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe(output);
        string.Join(", ", seen).ShouldBe(asked);
    }

    [Theory]
    [InlineData(202, AgentFailures.Busy)]
    [InlineData(500, AgentFailures.Error)]
    public async Task asked_first_without_an_answer_it_is_not_called(int status, string code)
    {
        await using var agent = await StubAgent.AnswerAsync(status);
        (await calls.CallAsync(agent.Address.ToString(), askFirst: true)).ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe(code);
        agent.Hits.ShouldBe(1);
    }

    [Fact]
    public async Task asked_for_the_input_it_gets_the_input_alone()
    {
        await using var echo = await StubAgent.StartAsync(context =>
        {
            context.Response.ContentType = "application/problem+json";
            return context.Request.Body.CopyToAsync(context.Response.Body);
        });
        (await calls.CallAsync(echo.Address.ToString(), BodyShape.Input))
            .ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe("""{"topic":"tea"}""");
    }

    [Theory]
    [InlineData(500, AgentFailures.Error, true)]
    [InlineData(503, AgentFailures.Error, true)]
    [InlineData(408, AgentFailures.Timeout, true)]
    [InlineData(425, AgentFailures.Busy, true)]
    [InlineData(429, AgentFailures.Busy, true)]
    [InlineData(400, AgentFailures.Rejected, false)]
    [InlineData(404, AgentFailures.Rejected, false)]
    [InlineData(422, AgentFailures.Rejected, false)]
    [InlineData(302, AgentFailures.BadAnswer, true)]
    public async Task what_it_says_decides_whether_it_is_asked_again(int status, string code, bool retryable)
    {
        await using var agent = await StubAgent.AnswerAsync(status);
        var failure = await calls.FailAsync(agent.Address.ToString());
        (failure.Code, failure.Retryable, failure.RetryAfter).ShouldBe((code, retryable, null));
        agent.Hits.ShouldBe(1, "one attempt is one request");
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "7", 7)]
    [InlineData(503, "86400", 600)]
    [InlineData(429, "-5", null)]
    [InlineData(429, "soon", null)]
    [InlineData(500, "7", null)]
    public async Task when_it_says_later_it_is_asked_later_but_not_at_any_price(int status, string retryAfter, int? seconds)
    {
        await using var agent = await StubAgent.AnswerAsync(status, retryAfter: retryAfter);
        (await calls.FailAsync(agent.Address.ToString())).RetryAfter.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Fact]
    public async Task a_date_to_come_back_at_is_understood_too()
    {
        await using var agent = await StubAgent.AnswerAsync(503, retryAfter: TimeProvider.System.GetUtcNow().AddSeconds(60).ToString("R"));
        (await calls.FailAsync(agent.Address.ToString())).RetryAfter!.Value.ShouldBe(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("text/html", "{}")]
    [InlineData("application/json", "<html>")]
    [InlineData("application/json", "{} {}")]
    [InlineData("application/json", """{"a":1,"a":2}""")]
    public async Task what_is_not_json_is_no_answer(string type, string body)
    {
        await using var agent = await StubAgent.AnswerAsync(200, body, type);
        (await calls.FailAsync(agent.Address.ToString())).Code.ShouldBe(AgentFailures.BadAnswer);
    }

    [Fact]
    public async Task no_body_is_the_output_null()
    {
        await using var agent = await StubAgent.StartAsync(context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        (await calls.CallAsync(agent.Address.ToString())).ShouldBe(AgentAnswer.Ok(Payload.Null));
    }

    [Fact]
    public async Task an_answer_over_the_limit_is_refused_before_it_is_read()
    {
        using var small = new HttpCalls(calls: new AgentCallOptions { AnswerBytesMax = 2_000 });
        await using var agent = await StubAgent.AnswerAsync(200, JsonSerializer.Serialize(new string('x', 1_999)));
        var failure = await small.FailAsync(agent.Address.ToString());
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.AnswerTooLarge, false));
    }

    [Fact]
    public async Task an_answer_of_exactly_the_limit_is_taken()
    {
        using var small = new HttpCalls(calls: new AgentCallOptions { AnswerBytesMax = 2_000 });
        await using var agent = await StubAgent.AnswerAsync(200, JsonSerializer.Serialize(new string('x', 1_998)));
        (await small.CallAsync(agent.Address.ToString())).ShouldBeOfType<AgentAnswer.Completed>().Output.Length.ShouldBe(2_000);
    }

    [Fact]
    public async Task an_endless_answer_is_not_read_to_its_end()
    {
        var hungUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            var block = new byte[65_536];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block);
            }

            hungUp.SetResult();
        });
        (await calls.FailAsync(agent.Address.ToString())).Code.ShouldBe(AgentFailures.AnswerTooLarge);
        await hungUp.Task;
    }

    [Fact]
    public async Task a_connection_that_breaks_in_the_middle_may_be_tried_again()
    {
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("{\"half\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        var failure = await calls.FailAsync(agent.Address.ToString());
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Unreachable, true));
    }

    [Fact]
    public async Task nobody_there_may_be_tried_again_and_the_message_shows_no_query()
    {
        var agent = await StubAgent.AnswerAsync(200);
        var address = agent.Address;
        await agent.DisposeAsync();
        var failure = await calls.FailAsync($"{address}call?key=secret");
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Unreachable, true));
        failure.Message.ShouldNotContain("secret");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task giving_up_ends_the_call_whether_it_hangs_before_or_within_the_answer(bool within)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await StubAgent.StartAsync(async context =>
        {
            if (within)
            {
                await context.Response.WriteAsync("{");
                await context.Response.Body.FlushAsync();
            }

            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var patience = new CancellationTokenSource();
        var call = calls.CallAsync(agent.Address.ToString(), cancellationToken: patience.Token);
        await arrived.Task;
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
    }
}
