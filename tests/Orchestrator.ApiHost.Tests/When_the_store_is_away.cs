using System.Net;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_the_store_is_away(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly ApiServer server = shared.Server;

    [Theory]
    [InlineData("storage.unavailable", HttpStatusCode.ServiceUnavailable)]
    [InlineData("storage.full", HttpStatusCode.InsufficientStorage)]
    public async Task a_command_is_refused_with_the_time_to_come_back(string code, HttpStatusCode status)
    {
        var workflow = server.Grain<IWorkflowGrain>("w-" + code);
        workflow.CancelAsync(default!, default).ReturnsForAnyArgs(new CommandReply(WorkflowStatus.None, 0, new Refusal(code, "The disk said no.", TimeSpan.FromMilliseconds(2_500))));
        var response = await server.Client.PostAsync($"/api/v1/workflows/w-{code}/cancel", null);
        var problem = await response.ShouldBeProblemAsync(status, code);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        problem.GetProperty("retryAfterMs").GetInt64().ShouldBe(2_500);
    }

    [Theory]
    [InlineData(false, "storage.unavailable", HttpStatusCode.ServiceUnavailable)]
    [InlineData(true, "storage.full", HttpStatusCode.InsufficientStorage)]
    public async Task a_read_is_refused_too_and_tells_nothing_of_the_inside(bool full, string code, HttpStatusCode status)
    {
        var workflow = server.Grain<IWorkflowGrain>("r-" + code);
        workflow.GetAsync().ThrowsAsyncForAnyArgs(new StorageUnavailableException("/secret/path/orchestrator.db is locked", full));
        var response = await server.Client.GetAsync($"/api/v1/workflows/r-{code}");
        await response.ShouldBeProblemAsync(status, code);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public async Task a_fault_is_answered_500_and_tells_nothing_of_the_inside()
    {
        var workflow = server.Grain<IWorkflowGrain>("faulty");
        workflow.GetAsync().ThrowsAsyncForAnyArgs(new InvalidOperationException("SELECT password FROM users"));
        var response = await server.Client.GetAsync("/api/v1/workflows/faulty");
        await response.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "server.fault");
        var metrics = await (await server.Client.GetAsync("/metrics")).Content.ReadAsStringAsync();
        metrics.ShouldContain("route=\"/api/v1/workflows/{id}\",status=\"5xx\"");
        metrics.ShouldContain("orc_engine_readable 0");
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("SELECT");
    }

    [Fact]
    public async Task a_refusal_nobody_wrote_into_the_table_is_a_conflict_under_its_own_name()
    {
        var workflow = server.Grain<IWorkflowGrain>("novel");
        workflow.CancelAsync(default!, default).ReturnsForAnyArgs(new CommandReply(WorkflowStatus.None, 0, new Refusal("novel.reason", "Because.")));
        await (await server.Client.PostAsync("/api/v1/workflows/novel/cancel", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "novel.reason");
    }

    [Fact]
    public async Task the_server_is_not_ready_but_alive()
    {
        server.Grain<IWorkflowIndexGrain>(IWorkflowIndexGrain.Key).CountAsync().ThrowsAsyncForAnyArgs(new StorageUnavailableException("away", full: false));
        await (await server.Client.GetAsync("/health/ready")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "server.not_ready");
        (await server.Client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
