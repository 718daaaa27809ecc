using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Specs.Trials;

public sealed class When_things_are_tried_out
{
    [Theory]
    [InlineData("""{"a": [1, 2.50, "ü"]}""")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public async Task echo_answers_its_input_byte_for_byte(string json) =>
        (await Asked.Answer("echo", json, action: "anything")).ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe(json);

    [Fact]
    public async Task slow_waits_by_the_clock_it_was_given()
    {
        var clock = new StoppedClock();
        var answer = Asked.Answer("slow", """{"delayMs": 90000, "value": {"done": true}}""", clock: clock);

        answer.IsCompleted.ShouldBeFalse();
        clock.Asked.ShouldBe([TimeSpan.FromSeconds(90)]);
        clock.FireAll();
        (await answer).ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe("""{"waitedMs":90000,"value":{"done":true}}""");
    }

    [Fact]
    public async Task slow_stops_when_nobody_waits_any_more()
    {
        using var gone = new CancellationTokenSource();
        var answer = Asked.Answer("slow", "{}", cancellationToken: gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answer);
    }

    [Fact]
    public async Task slow_agrees_to_no_wait_over_its_limit() =>
        (await Asked.Refused("slow", """{"delayMs": 2000}""", options: new() { SlowDelayMax = TimeSpan.FromSeconds(1) })).ShouldContain("from 0 to 1000");

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task flaky_fails_by_the_number_of_the_attempt(int attempt, bool succeeds)
    {
        var answer = await Asked.Answer("flaky", """{"failures": 2, "value": "fine"}""", attempt: attempt);
        if (succeeds)
        {
            answer.ShouldBeOfType<AgentAnswer.Completed>().Output.ToString().ShouldBe($$"""{"attempt":{{attempt}},"value":"fine"}""");
        }
        else
        {
            var failure = answer.ShouldBeOfType<AgentAnswer.Failed>().Failure;
            failure.Code.ShouldBe("agent.flaky");
            failure.Retryable.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task flaky_fails_for_good_when_asked_to() => await Asked.Refused("flaky", """{"failures": 1, "retryable": false}""", code: "agent.flaky");
}
