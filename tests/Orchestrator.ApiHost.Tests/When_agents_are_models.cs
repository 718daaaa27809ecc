using System.Net;
using System.Text.Json;
using Orchestrator.Adapters.Tests.Models;

namespace Orchestrator.ApiHost.Tests;

/// <summary>The whole product, with an agent in its settings file that is a language model behind a server of the test.</summary>
public sealed class ModelServer : SiloServer
{
    internal StubModel Model { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        Model = await StubModel.StartAsync();
        Environment.SetEnvironmentVariable("ORC_TEST_JUDGE_KEY", "sk-judge");
        await File.WriteAllTextAsync(Path.Combine(Folder, "orchestrator.yaml"), $$$$"""
            outbound:
              allowLoopback: true
            agents:
              tools:
                patienceMax: 00:00:00
              declared:
                judge:
                  endpoints: [{{{{Model.Endpoint}}}}]
                  capabilities: [judge]
                  model:
                    name: llama3.2:3b
                    system: You judge answers about ${{ input.topic }}.
                    prompt: "Answer: ${{ input.answer }}"
                    apiKey: env:ORC_TEST_JUDGE_KEY
                    priceIn: 10
                    priceOut: 20
                    outputSchema: |
                      {"type": "object", "required": ["score"], "properties": {"score": {"type": "integer"}}}
            """);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Model.DisposeAsync();
    }
}

public sealed class When_agents_are_models(ModelServer server) : IClassFixture<ModelServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task a_step_is_answered_by_the_configured_one_and_shows_what_all_its_attempts_took()
    {
        var before = server.Model.Asked.Count;
        server.Model.ThenStatus(503, retryAfter: "0").ThenSays("""{"score": "nine"}""", tokensIn: 1_000, tokensOut: 10).ThenSays("""{"score": 9}""", tokensIn: 1_100, tokensOut: 20);
        var workflow = await RunAsync("""
            {"id": "p", "steps": [{"id": "j", "action": "judge", "input": {"topic": "tea", "answer": "It is green."}, "retryPolicy": {"maxAttempts": 2, "initialInterval": 1}}]}
            """);

        workflow.State().ShouldBe("completed");
        var step = workflow.GetProperty("steps")[0];
        step.GetProperty("output").GetRawText().ShouldBe("""{"score": 9}""");
        step.GetProperty("attempts").GetInt32().ShouldBe(2);
        var usage = step.GetProperty("usage");
        usage.GetProperty("requests").GetInt32().ShouldBe(3);
        usage.GetProperty("tokensIn").GetInt64().ShouldBe(2_100);
        usage.GetProperty("tokensOut").GetInt64().ShouldBe(30);
        usage.GetProperty("cost").GetDecimal().ShouldBe(0.0216m);
        usage.GetProperty("model").GetString().ShouldBe("answered-by");
        workflow.GetProperty("usage").GetRawText().ShouldBe(usage.GetRawText(), "the workflow has no other step");
        server.Model.Messages(before)[1].ShouldBe("user: Answer: It is green.");
        server.Model.Asked.ElementAt(before).Headers.Authorization.ToString().ShouldBe("Bearer sk-judge");

        var agent = await (await client.GetAsync("/api/v1/agents/judge")).JsonAsync();
        agent.GetProperty("kind").GetString().ShouldBe("llm");
        agent.GetProperty("model").GetProperty("apiKey").GetString().ShouldBe("env:ORC_TEST_JUDGE_KEY");
    }

    [Fact]
    public async Task one_that_is_registered_calls_another_agent_and_answers()
    {
        var body = $$$"""
            {"name": "assistant", "kind": "llm", "capabilities": ["assist"], "instances": [{"endpoint": "{{{server.Model.Endpoint}}}"}],
             "model": {"name": "small", "tools": ["echo", "nobody", "later"], "toolCallsMax": 3, "streams": false, "requestTimeout": "PT20S"}}
            """;
        var registered = await client.PostJsonAsync("/api/v1/agents", body);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created, await registered.Content.ReadAsStringAsync());
        (await registered.JsonAsync()).GetProperty("model").GetProperty("requestTimeoutMs").GetInt64().ShouldBe(20_000);
        (await client.PostJsonAsync("/api/v1/agents", body)).Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);

        var before = server.Model.Asked.Count;
        server.Model.ThenCalls(("echo", """{"input": {"said": "hello"}}""")).ThenSays("It said hello.");
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "a", "agentId": "assistant", "action": "assist", "input": {}}]}""");

        workflow.State().ShouldBe("completed");
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("It said hello.");
        server.Model.Asked.ElementAt(before).Body.GetProperty("tools").GetArrayLength().ShouldBe(1, "agents that are not there are not offered");
        server.Model.Messages(before + 1)[^1].ShouldBe("""tool: {"said": "hello"}""");
        var echo = await (await client.GetAsync("/api/v1/agents/echo")).JsonAsync();
        echo.GetProperty("callsOut").GetInt32().ShouldBe(0, "its place has been given back");
        echo.GetProperty("calls").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task two_that_call_each_other_and_have_no_room_left_come_to_an_end()
    {
        foreach (var (name, tool) in new[] { ("one", "other"), ("other", "one") })
        {
            (await client.PostJsonAsync("/api/v1/agents", $$$"""
                {"name": "{{{name}}}", "kind": "llm", "concurrency": 1, "instances": [{"endpoint": "{{{server.Model.Endpoint}}}"}], "model": {"name": "m", "tools": ["{{{tool}}}"]}}
                """)).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        var before = server.Model.Asked.Count;
        server.Model.ThenCalls(("other", "{}")).ThenCalls(("one", "{}")).ThenSays("Nobody is free.").ThenSays("So be it.");
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "a", "agentId": "one", "action": "x", "input": {}}]}""");
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("So be it.");
        server.Model.Messages(before + 2)[^1].ShouldContain("agent.busy");
        workflow.GetProperty("steps")[0].GetProperty("usage").GetProperty("requests").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task a_key_of_this_process_is_not_sent_to_whoever_registers_an_agent()
    {
        var before = server.Model.Asked.Count;
        await client.PostJsonAsync("/api/v1/agents", $$$"""
            {"name": "thief", "kind": "llm", "instances": [{"endpoint": "{{{server.Model.Endpoint}}}"}], "model": {"name": "m", "apiKey": "env:PATH"}}
            """);
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "a", "agentId": "thief", "action": "x", "input": {}}]}""");
        workflow.State().ShouldBe("failed");
        workflow.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("Models:Keys");
        server.Model.Asked.Count.ShouldBe(before);
    }

    [Fact]
    public async Task one_that_is_disabled_says_what_to_configure()
    {
        (await client.PostJsonAsync("/api/v1/agents", """
            {"name": "off", "kind": "llm", "capabilities": ["dream"], "model": {"name": "m"}, "disabled": "Agent 'off' needs an endpoint: set agents:declared:off:endpoints."}
            """)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "a", "action": "dream", "input": {}, "retryPolicy": {"maxAttempts": 5}}]}""");
        workflow.State().ShouldBe("failed");
        var step = workflow.GetProperty("steps")[0];
        step.GetProperty("attempts").GetInt32().ShouldBe(1);
        step.GetProperty("error").GetProperty("code").GetString().ShouldBe("agent.disabled");
        step.GetProperty("error").GetProperty("message").GetString().ShouldBe("Agent 'off' needs an endpoint: set agents:declared:off:endpoints.");
        (await (await client.GetAsync("/api/v1/agents/off")).JsonAsync()).GetProperty("disabled").GetString()!.ShouldStartWith("Agent 'off' needs");
    }

    [Theory]
    [InlineData("""{"name": "bad", "kind": "llm", "instances": [{"endpoint": "ftp://x"}], "model": {"name": "", "requestTimeout": "5"}}""", "request.invalid", "/model/requestTimeout")]
    [InlineData("""{"name": "bad", "kind": "llm", "instances": [{"endpoint": "http://x/v1"}]}""", "agent.invalid", "model.name")]
    [InlineData("""{"name": "bad", "kind": "llm", "instances": [{"endpoint": "http://x/v1"}], "model": {"name": "m", "apiKey": "sk-real"}}""", "agent.invalid", "model.apiKey")]
    [InlineData("""{"name": "bad", "kind": "llm", "instances": [{"endpoint": "http://x/v1"}], "model": {"name": "m", "outputSchema": {"type": "poem"}}}""", "agent.invalid", "model.outputSchema")]
    [InlineData("""{"name": "bad", "kind": "http", "instances": [{"endpoint": "http://x/v1"}], "model": {"name": "m"}}""", "agent.invalid", "kind 'llm'")]
    public async Task what_is_wrong_with_one_is_named(string body, string code, string named)
    {
        var response = await client.PostJsonAsync("/api/v1/agents", body);
        var text = await response.Content.ReadAsStringAsync();
        await response.ShouldBeProblemAsync(code == "agent.invalid" ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.BadRequest, code);
        text.ShouldContain(named);
        text.ShouldNotContain("sk-real");
    }

    private async Task<JsonElement> RunAsync(string plan)
    {
        var started = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(plan))).JsonAsync();
        return await client.EndAsync(started.Id());
    }
}
