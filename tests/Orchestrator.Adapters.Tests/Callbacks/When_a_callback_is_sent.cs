using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Callbacks;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Adapters.Tests.Agents;
using Orchestrator.Decisions.Callbacks;
using Orchestrator.Execution.Callbacks;

namespace Orchestrator.Adapters.Tests.Callbacks;

public sealed class When_a_callback_is_sent
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];
    private static readonly byte[] Before = [.. Enumerable.Range(101, 24).Select(value => (byte)value)];
    private static readonly byte[] Body = """{"specversion":"1.0","data":"ä"}"""u8.ToArray();

    [Fact]
    public async Task the_receiver_can_check_who_sent_it_and_when()
    {
        var got = new TaskCompletionSource<(string Method, IHeaderDictionary Headers, byte[] Body)>();
        await using var receiver = await StubAgent.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            got.SetResult((context.Request.Method, new HeaderDictionary(context.Request.Headers.ToDictionary()), body.ToArray()));
        });
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        (await SendAsync(receiver.Address.ToString())).ShouldBe(new CallbackOutcome(200));

        var (method, headers, bytes) = await got.Task;
        method.ShouldBe("POST");
        bytes.ShouldBe(Body);
        headers.ContentType.ToString().ShouldBe("application/cloudevents+json; charset=utf-8");
        headers["webhook-id"].ToString().ShouldBe("w1:4");
        headers["traceparent"].ToString().ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var at = headers["webhook-timestamp"].ToString();
        long.Parse(at, CultureInfo.InvariantCulture).ShouldBeInRange(before, before + 60);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"w1:4.{at}."), .. Body];
        headers["webhook-signature"].ToString().ShouldBe(
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Secret, signed))} v1,{Convert.ToBase64String(HMACSHA256.HashData(Before, signed))}");
    }

    [Fact]
    public void the_signature_is_that_of_the_standard() =>
        // The example of Standard Webhooks' own libraries.
        new CallbackKeys([Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")])
            .Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, """{"test": 2432232314}"""u8)
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Theory]
    [InlineData(302), InlineData(400), InlineData(410), InlineData(500)]
    public async Task another_answer_is_an_outcome_with_its_status(int status)
    {
        await using var receiver = await StubAgent.AnswerAsync(status);
        var outcome = await SendAsync(receiver.Address.ToString());
        outcome.Status.ShouldBe(status);
        outcome.Problem!.ShouldContain(status.ToString(CultureInfo.InvariantCulture));
        receiver.Hits.ShouldBe(1);
    }

    [Fact]
    public async Task the_pause_that_a_receiver_asks_for_is_heard()
    {
        await using var receiver = await StubAgent.AnswerAsync(429, retryAfter: "17");
        (await SendAsync(receiver.Address.ToString())).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Fact]
    public async Task one_that_does_not_answer_is_not_waited_for()
    {
        await using var receiver = await StubAgent.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var outcome = await SendAsync(receiver.Address.ToString(), options: new CallbackSendOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        (outcome.Status, outcome.Problem).ShouldBe((null, "The receiver did not answer within 0.1 s."));
    }

    [Fact]
    public async Task one_that_is_not_there_is_an_outcome_too() => (await SendAsync("http://127.0.0.1:1/")).Problem!.ShouldStartWith("The receiver could not be reached");

    [Fact]
    public async Task an_address_that_leads_inward_is_not_called()
    {
        await using var receiver = await StubAgent.AnswerAsync(200);
        (await SendAsync(receiver.Address.ToString(), outbound: new OutboundOptions())).Problem!.ShouldStartWith("The address was not called");
        receiver.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task nothing_leaves_unsigned()
    {
        await using var receiver = await StubAgent.AnswerAsync(200);
        (await SendAsync(receiver.Address.ToString(), keys: new CallbackKeys([]))).Problem!.ShouldContain("Callbacks:Sending:SigningKey");
        receiver.Hits.ShouldBe(0);
    }

    private static async Task<CallbackOutcome> SendAsync(string url, CallbackKeys? keys = null, CallbackSendOptions? options = null, OutboundOptions? outbound = null)
    {
        using var http = new OutboundHttp(Options.Create(outbound ?? new OutboundOptions { AllowLoopback = true }), new SystemHostResolver());
        return await new HttpCallbackSender(http, keys ?? new CallbackKeys([Secret, Before]), Options.Create(options ?? new CallbackSendOptions()), TimeProvider.System)
            .SendAsync(new CallbackMessage(url, "w1:4", Body, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), CancellationToken.None);
    }
}
