using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Tests.Agents;

public sealed class When_an_http_agent_asks_who_calls : IAsyncLifetime
{
    private const string Secret = "s3cret-9f2c";
    private const string Reference = "env:ORC_TEST_AGENT_SECRET";

    private readonly ConcurrentQueue<(string Authorization, string Key)> seen = new();
    private readonly ConcurrentQueue<(string Authorization, string Form)> asked = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task gate = Task.CompletedTask;
    private Func<string, int> judge = _ => 200;
    private Func<int, (int Status, string Body)> give = number => (200, $$"""{"access_token": "token-{{number}}", "token_type": "Bearer", "expires_in": 3600}""");
    private StubAgent agent = null!;
    private StubAgent tokens = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("ORC_TEST_AGENT_SECRET", Secret);
        agent = await StubAgent.StartAsync(async context =>
        {
            var shown = context.Request.Headers.Authorization.ToString();
            seen.Enqueue((shown, context.Request.Headers["X-Api-Key"].ToString()));
            context.Response.StatusCode = judge(shown);
            await context.Response.WriteAsJsonAsync(new { });
        });
        tokens = await StubAgent.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked.Enqueue((context.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync()));
            reached.TrySetResult();
            await gate;
            var (status, body) = give(asked.Count);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        });
    }

    public async Task DisposeAsync()
    {
        await agent.DisposeAsync();
        await tokens.DisposeAsync();
    }

    [Theory]
    [InlineData(null, null, "s3cret-9f2c", "")]
    [InlineData(null, "Bearer", "Bearer s3cret-9f2c", "")]
    [InlineData("X-Api-Key", null, "", "s3cret-9f2c")]
    public async Task it_is_shown_the_header_that_was_declared(string? header, string? scheme, string authorization, string key)
    {
        var declared = Agent(new AgentCredentials(CredentialKind.Header, Reference, header, scheme));
        using var calls = new HttpCalls(declared: declared);
        (await calls.CallAsync(declared)).ShouldBeOfType<AgentAnswer.Completed>();
        seen.ShouldBe([(authorization, key)]);
    }

    [Fact]
    public async Task a_secret_may_be_in_a_file_and_one_that_changes_is_read_anew()
    {
        var file = Path.GetTempFileName();
        var declared = Agent(new AgentCredentials(CredentialKind.Basic, "file:" + file, User: "orc"));
        using var calls = new HttpCalls(declared: declared);
        foreach (var password in new[] { "first word", "second" })
        {
            await File.WriteAllTextAsync(file, password + "\n");
            await calls.CallAsync(declared);
        }

        File.Delete(file);
        seen.Select(call => Encoding.UTF8.GetString(Convert.FromBase64String(call.Authorization["Basic ".Length..]))).ShouldBe(["orc:first word", "orc:second"]);
        Failure(await calls.CallAsync(declared)).Code.ShouldBe(AgentFailures.Disabled, "a secret that is gone is named as what to configure");
        seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task a_token_is_asked_for_once_by_many_and_again_shortly_before_it_expires()
    {
        var declared = Agent(ClientCredentials);
        using var calls = new HttpCalls(declared: declared);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => calls.CallAsync(declared).AsTask()));
        asked.ShouldHaveSingleItem();
        var (authorization, form) = asked.Single();
        Encoding.ASCII.GetString(Convert.FromBase64String(authorization["Basic ".Length..])).ShouldBe("orc%2Fscan:" + Secret);
        form.ShouldBe("grant_type=client_credentials&scope=scan+read");
        seen.ShouldAllBe(call => call.Authorization == "Bearer token-1");

        calls.Clock.Advance(TimeSpan.FromMinutes(58));
        await calls.CallAsync(declared);
        asked.Count.ShouldBe(1);
        calls.Clock.Advance(TimeSpan.FromMinutes(1.5));
        await calls.CallAsync(declared);
        (asked.Count, seen.Last().Authorization).ShouldBe((2, "Bearer token-2"));
    }

    [Fact]
    public async Task who_asks_first_and_gives_up_takes_nothing_from_who_waits_too()
    {
        var declared = Agent(ClientCredentials);
        using var calls = new HttpCalls(declared: declared);
        using var givesUp = new CancellationTokenSource();
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gate = opened.Task;
        var first = calls.CallAsync(declared, givesUp.Token).AsTask();
        await reached.Task;
        var second = calls.CallAsync(declared).AsTask();
        await givesUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        opened.SetResult();
        (await second).ShouldBeOfType<AgentAnswer.Completed>();
        (asked.Count, seen.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task a_token_that_is_not_taken_is_replaced_once_and_no_more()
    {
        var declared = Agent(ClientCredentials);
        using var calls = new HttpCalls(declared: declared);
        judge = shown => shown == "Bearer token-1" ? 401 : 200;
        (await calls.CallAsync(declared)).ShouldBeOfType<AgentAnswer.Completed>();
        seen.Select(call => call.Authorization).ShouldBe(["Bearer token-1", "Bearer token-2"]);

        judge = _ => 401;
        var failure = Failure(await calls.CallAsync(declared));
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Rejected, false));
        (seen.Count, asked.Count).ShouldBe((4, 3));
    }

    [Theory]
    [InlineData(401, "{}", false)]
    [InlineData(503, "{}", true)]
    [InlineData(302, "{}", false)]
    [InlineData(200, "[]", false)]
    [InlineData(200, """{"access_token": "a b"}""", false)]
    [InlineData(200, """{"access_token": "x", "token_type": "mac"}""", false)]
    [InlineData(200, """{"access_token": "s3cret-9f2c" """, false)]
    public async Task without_a_token_it_is_not_called_and_the_failure_tells_no_secret(int status, string body, bool retryable)
    {
        var declared = Agent(ClientCredentials);
        using var calls = new HttpCalls(declared: declared);
        give = _ => (status, body);
        var failure = Failure(await calls.CallAsync(declared));
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Unauthorized, retryable));
        failure.Message.ShouldNotContain(Secret);
        seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task tokens_are_asked_for_through_the_guard()
    {
        var declared = Agent(ClientCredentials with { TokenUrl = "http://169.254.169.254/latest/meta-data" });
        using var calls = new HttpCalls(declared: declared);
        Failure(await calls.CallAsync(declared)).Code.ShouldBe(AgentFailures.Unauthorized);
        seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("env:ORC_TEST_AGENT_SECRET")]
    [InlineData("file:/etc/passwd")]
    public async Task a_registered_agent_is_shown_nothing_that_the_operator_did_not_grant(string reference)
    {
        using var calls = new HttpCalls(credentials: new CredentialOptions { Allowed = [new SecretGrant { From = Reference, Hosts = ["other.example.com"] }] });
        var failure = Failure(await calls.CallAsync(Agent(new AgentCredentials(CredentialKind.Header, reference))));
        (failure.Code, failure.Retryable).ShouldBe((AgentFailures.Rejected, false));
        failure.Message.ShouldContain("Credentials:Allowed");
        seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_grant_is_for_its_hosts_and_a_token_endpoint_elsewhere_is_another_host()
    {
        using var calls = new HttpCalls(credentials: new CredentialOptions { Allowed = [new SecretGrant { From = Reference, Hosts = ["127.0.0.1"] }] });
        (await calls.CallAsync(Agent(new AgentCredentials(CredentialKind.Header, Reference)))).ShouldBeOfType<AgentAnswer.Completed>();
        (await calls.CallAsync(Agent(ClientCredentials))).ShouldBeOfType<AgentAnswer.Completed>();
        var elsewhere = Agent(ClientCredentials with { TokenUrl = "http://thief.example.com/token" });
        Failure(await calls.CallAsync(elsewhere)).Code.ShouldBe(AgentFailures.Rejected);
        (seen.Count, asked.Count).ShouldBe((2, 1));
    }

    [Fact]
    public async Task who_registers_a_declared_agents_name_inherits_none_of_its_secrets_for_another_place()
    {
        var declared = Agent(ClientCredentials);
        using var calls = new HttpCalls(declared: declared);
        foreach (var impostor in new[]
        {
            declared with { Credentials = ClientCredentials with { TokenUrl = "http://thief.example.com/token" } },
            declared with { Credentials = new AgentCredentials(CredentialKind.Header, Reference) },
            declared with { Instances = [new AgentInstance("http://127.0.0.1:1/")] },
        })
        {
            Failure(await calls.CallAsync(impostor)).Code.ShouldBe(AgentFailures.Rejected);
        }

        seen.ShouldBeEmpty();
    }

    private AgentCredentials ClientCredentials => new(CredentialKind.ClientCredentials, Reference, User: "orc/scan", TokenUrl: tokens.Address + "token", Scope: "scan read");

    private AgentRegistration Agent(AgentCredentials credentials) => new("scanner", AgentKind.Http, [], [new AgentInstance(agent.Address.ToString())], Credentials: credentials);

    private static StepFailure Failure(AgentAnswer answer) => answer.ShouldBeOfType<AgentAnswer.Failed>().Failure;
}
