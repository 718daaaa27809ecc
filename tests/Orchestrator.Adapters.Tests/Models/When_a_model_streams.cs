using System.Text;
using System.Text.Json;
using Orchestrator.Adapters.Agents.Models;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using static Orchestrator.Adapters.Tests.Models.ModelCalls;

namespace Orchestrator.Adapters.Tests.Models;

public sealed class When_a_model_streams : IAsyncLifetime
{
    private readonly ModelCalls calls = new();
    private StubModel model = null!;

    public async Task InitializeAsync() => model = await StubModel.StartAsync();

    public async Task DisposeAsync()
    {
        calls.Dispose();
        await model.DisposeAsync();
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(7)]
    public async Task it_does_not_matter_where_the_packets_break(int size)
    {
        var stream = Encoding.UTF8.GetBytes(": keep-alive\r\n\r\n" + StubModel.Piece("naïve 緑") + StubModel.Piece("茶 🍵") + StubModel.Last("stop") + StubModel.Usage(7, 3) + "data: [DONE]\n\n");
        model.ThenStreams([.. stream.Chunk(size)]);
        var answer = await calls.AskAsync(model);
        answer.ShouldBeOfType<AgentAnswer.Completed>(answer.ToString()).Output.As<JsonElement>().GetProperty("text").GetString().ShouldBe("naïve 緑茶 🍵");
        answer.Usage.ShouldBe(new CallUsage(1, 7, 3, null, "answered-by"));
    }

    [Fact]
    public async Task one_that_says_why_it_stopped_and_then_leaves_is_complete()
    {
        model.ThenStreams(Encoding.UTF8.GetBytes(StubModel.Piece("tea") + StubModel.Last("stop")));
        (await calls.AnswerAsync(model)).ShouldContain("tea");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task one_that_is_cut_off_may_be_tried_again(bool politely)
    {
        model.Then(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, StubModel.Piece("te"));
            await context.Response.Body.FlushAsync();
            if (!politely)
            {
                context.Abort();
            }
        });
        var failure = await calls.FailAsync(model);
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Unreachable, true));
        failure.Message.ShouldContain("broke off");
    }

    [Theory]
    [InlineData("data: {\"choices\": [\n\n")]
    [InlineData("data: <html>\n\n")]
    [InlineData("data: [1]\n\n")]
    [InlineData("data: {\"choices\": [1]}\n\n")]
    [InlineData("data: {\"choices\": [{\"delta\": {\"content\": \"\\ud800\"}}]}\n\n")]
    [InlineData("data: {\"choices\": [{\"delta\": {\"tool_calls\": [1]}}]}\n\n")]
    public async Task what_is_not_of_the_protocol_is_no_answer(string stream)
    {
        model.ThenStreams(Encoding.UTF8.GetBytes(stream));
        var failure = await calls.FailAsync(model);
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.BadAnswer, true));
    }

    [Fact]
    public async Task an_error_in_the_middle_of_it_is_one()
    {
        model.ThenStreams(Encoding.UTF8.GetBytes(StubModel.Piece("te") + "data: {\"error\": {\"message\": \"the runner\\nwas killed\"}}\n\n"));
        var failure = await calls.FailAsync(model);
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Error, true));
        failure.Message.ShouldContain("the runner was killed");
    }

    [Fact]
    public async Task one_without_an_end_is_not_read_to_it()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.Then(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            var block = Encoding.UTF8.GetBytes("data: " + new string(' ', 60_000));
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block);
            }

            left.SetResult();
        });
        var failure = await calls.FailAsync(model);
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.AnswerTooLarge, false));
        await left.Task;
    }

    [Fact]
    public async Task one_that_falls_silent_is_given_up()
    {
        var (hanging, clock) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new HandClock());
        using var patient = new ModelCalls(clock: clock);
        model.ThenHangs(hanging, StubModel.Piece("te"));
        var call = patient.FailAsync(model);
        await hanging.Task;
        clock.Advance(new ModelOptions().SilenceMax);
        var failure = await call;
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Timeout, true));
        failure.Message.ShouldContain("was silent");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task one_that_takes_too_long_in_all_is_given_up(bool streams)
    {
        var (hanging, clock) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new HandClock());
        using var patient = new ModelCalls(clock: clock);
        model.ThenHangs(hanging);
        var call = patient.FailAsync(model, Small with { Streams = streams, RequestTimeout = TimeSpan.FromSeconds(5) });
        await hanging.Task;
        clock.Advance(TimeSpan.FromSeconds(5));
        var failure = await call;
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Timeout, true));
        failure.Message.ShouldContain("within 00:00:05");
    }

    [Fact]
    public async Task giving_up_is_the_caller_s_and_passes_as_it_is()
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.ThenHangs(hanging, StubModel.Piece("te"));
        using var patience = new CancellationTokenSource();
        var call = calls.AskAsync(model, cancellationToken: patience.Token);
        await hanging.Task;
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task a_server_that_cannot_stream_is_understood_too()
    {
        model.Then(context => StubModel.WriteAsync(context, StubModel.Whole(new { role = "assistant", content = "whole" })));
        (await calls.AnswerAsync(model)).ShouldContain("whole");
    }
}
