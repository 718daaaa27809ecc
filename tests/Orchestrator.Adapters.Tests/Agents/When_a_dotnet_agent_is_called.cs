using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Agents.InProcess;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_a_dotnet_agent_is_called
{
    [Fact]
    public async Task its_answer_comes_back() =>
        (await CallAsync((request, _) => ValueTask.FromResult(AgentAnswer.Ok(request.Input)))).ShouldBe(AgentAnswer.Ok(Payload.From("in")));

    [Fact]
    public async Task it_computes_away_from_the_turn_that_asked()
    {
        using var go = new ManualResetEventSlim();
        var call = CallAsync((_, token) =>
        {
            go.Wait(token);
            return ValueTask.FromResult(AgentAnswer.Ok(Payload.Null));
        });
        call.IsCompleted.ShouldBeFalse("the caller is not held up by an agent that computes");
        go.Set();
        (await call).ShouldBe(AgentAnswer.Ok(Payload.Null));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task a_throw_is_a_failure_without_a_stack(bool atOnce)
    {
        var failure = (await CallAsync(async (_, _) =>
        {
            if (!atOnce)
            {
                await Task.Yield();
            }

            throw new FormatException("bad unit");
        })).ShouldBeOfType<AgentAnswer.Failed>().Failure;
        (failure.Code, failure.Retryable, failure.Message).ShouldBe((AgentFailures.Error, true, "Agent 'calc' failed with FormatException: bad unit"));
    }

    [Fact]
    public async Task an_agent_that_does_not_watch_its_token_is_left_to_itself()
    {
        var never = new TaskCompletionSource<AgentAnswer>();
        using var patience = new CancellationTokenSource();
        var call = CallAsync((_, _) => new ValueTask<AgentAnswer>(never.Task), patience.Token);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        never.SetException(new InvalidOperationException("too late for anybody"));
    }

    [Fact]
    public async Task a_cancellation_of_its_own_is_a_failure_and_not_ours() =>
        (await CallAsync((_, _) => throw new OperationCanceledException("inner timeout")))
            .ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe(AgentFailures.Error);

    [Fact]
    public async Task an_answer_over_the_limit_is_refused() =>
        (await CallAsync((_, _) => ValueTask.FromResult(AgentAnswer.Ok(Payload.From(new string('x', 2_000))))))
            .ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe(AgentFailures.AnswerTooLarge);

    [Fact]
    public async Task a_declared_agent_without_a_class_is_not_found() =>
        (await CallAsync((_, _) => default, name: "other")).ShouldBeOfType<AgentAnswer.Failed>().Failure.Code.ShouldBe(AgentFailures.NotFound);

    [Fact]
    public void two_of_one_name_are_a_mistake() =>
        Should.Throw<ArgumentException>(() => new InProcessAgents([new("a", new Agent(null!)), new("a", new Agent(null!))]));

    [Fact]
    public async Task it_is_made_ready_once_before_its_first_call_and_again_where_that_failed()
    {
        var tries = 0;
        var agent = new Agent((_, _) => ValueTask.FromResult(AgentAnswer.Ok(Payload.From(tries)))) { Initialize = () => ++tries == 1 ? throw new InvalidOperationException("not yet") : ValueTask.CompletedTask };
        var agents = new InProcessAgents([new NamedAgent("calc", agent)]);

        (await CallAsync(agents)).ShouldBeOfType<AgentAnswer.Failed>().Failure.Retryable.ShouldBeTrue();
        foreach (var _ in (int[])[1, 2])
        {
            (await CallAsync(agents)).ShouldBeOfType<AgentAnswer.Completed>().Output.As<int>().ShouldBe(2);
        }
    }

    private static Task<AgentAnswer> CallAsync(
        Func<AgentRequest, CancellationToken, ValueTask<AgentAnswer>> handle, CancellationToken cancellationToken = default, string name = "calc") =>
        CallAsync(new InProcessAgents([new NamedAgent("calc", new Agent(handle))]), cancellationToken, name);

    private static Task<AgentAnswer> CallAsync(InProcessAgents agents, CancellationToken cancellationToken = default, string name = "calc")
    {
        var transport = new InProcessAgentTransport(
            agents,
            new PoolAgentExecutor(),
            Options.Create(new AgentCallOptions { AnswerBytesMax = 1_024 }),
            NullLogger<InProcessAgentTransport>.Instance);
        var instance = new AgentInstance(name);
        return transport.CallAsync(
            new AgentRegistration("calc", AgentKind.Builtin, [], [instance]),
            instance,
            new AgentRequest("calc", "add", Payload.From("in"), "w", "s", 1, "k", null),
            cancellationToken).AsTask();
    }

    private sealed class Agent(Func<AgentRequest, CancellationToken, ValueTask<AgentAnswer>> handle) : IAgent
    {
        public Func<ValueTask> Initialize { get; init; } = () => ValueTask.CompletedTask;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => Initialize();

        public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken) => handle(request, cancellationToken);
    }
}
