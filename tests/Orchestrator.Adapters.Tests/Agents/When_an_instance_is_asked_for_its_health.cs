using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_an_instance_is_asked_for_its_health
{
    [Theory]
    [InlineData(200, true), InlineData(204, true), InlineData(302, false), InlineData(404, false), InlineData(500, false), InlineData(503, false)]
    public async Task two_hundreds_are_well(int status, bool well)
    {
        await using var agent = await StubAgent.AnswerAsync(status, body: "");
        (await AskAsync(agent.Address + "run/deep?a=b")).ShouldBe(well);
    }

    [Fact]
    public async Task it_is_the_path_of_the_host_that_is_asked()
    {
        var asked = new TaskCompletionSource<string>();
        await using var agent = await StubAgent.StartAsync(context =>
        {
            asked.SetResult(context.Request.Method + " " + context.Request.Path + context.Request.QueryString);
            return Task.CompletedTask;
        });

        await AskAsync(agent.Address + "run/deep?a=b", "/health?deep=1");

        (await asked.Task).ShouldBe("GET /health?deep=1");
    }

    [Fact]
    public async Task one_that_does_not_answer_in_time_is_not_well()
    {
        await using var agent = await StubAgent.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        (await AskAsync(agent.Address.ToString(), timeout: TimeSpan.FromMilliseconds(100))).ShouldBeFalse();
    }

    [Fact]
    public async Task one_that_is_not_there_is_not_well() => (await AskAsync("http://127.0.0.1:1/")).ShouldBeFalse();

    [Fact]
    public async Task an_address_that_may_not_be_called_is_not_asked()
    {
        await using var agent = await StubAgent.AnswerAsync(200);
        (await AskAsync(agent.Address.ToString(), outbound: new OutboundOptions())).ShouldBeFalse();
        agent.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task a_path_that_leads_to_another_host_is_not_asked()
    {
        await using var agent = await StubAgent.AnswerAsync(200);
        await using var other = await StubAgent.AnswerAsync(200);
        (await AskAsync(agent.Address.ToString(), "//" + other.Address.Authority + "/")).ShouldBeFalse();
        (agent.Hits, other.Hits).ShouldBe((0, 0));
    }

    [Fact]
    public async Task that_we_stop_says_nothing_about_it()
    {
        await using var agent = await StubAgent.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await Should.ThrowAsync<OperationCanceledException>(() => AskAsync(agent.Address.ToString(), cancellationToken: stopping.Token));
    }

    private static async Task<bool> AskAsync(
        string endpoint, string path = "/health", TimeSpan? timeout = null, OutboundOptions? outbound = null, CancellationToken cancellationToken = default)
    {
        using var http = new OutboundHttp(Options.Create(outbound ?? new OutboundOptions { AllowLoopback = true }), new SystemHostResolver());
        return await new HttpHealthProbe(http, TimeProvider.System)
            .IsWellAsync(new AgentInstance(endpoint), new HealthCheck(path, Timeout: timeout), cancellationToken);
    }
}
