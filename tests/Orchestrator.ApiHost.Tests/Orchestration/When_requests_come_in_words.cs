using System.Net;
using System.Text.Json;
using Orchestrator.ApiHost.Orchestration;

namespace Orchestrator.ApiHost.Tests.Orchestration;

[Collection(SiloServer.Collection)]
public sealed class When_requests_come_in_words(SiloServer silo) : IAsyncLifetime
{
    private readonly HttpClient client = silo.Client;

    // Three that say back what they are given, one that nobody serves; each answers to a word of its own, and all to one.
    public async Task InitializeAsync()
    {
        foreach (var (agent, endpoint, words) in (ValueTuple<string, string, string>[])
            [
                ("first_teller", "echo", "\"wombat\", \"numbat\""), ("broken_teller", "no_such_class", "\"bandicoot\", \"numbat\""), ("last_teller", "echo", "\"bilby\", \"numbat\""),
            ])
        {
            (await client.PostJsonAsync("/api/v1/agents", $$"""{"name": "{{agent}}", "kind": "builtin", "capabilities": ["tell"], "instances": [{"endpoint": "{{endpoint}}"}]}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
            (await client.PostJsonAsync("/api/v1/routes", $$"""{"name": "{{agent}}", "targetAgent": "{{agent}}", "keywords": [{{words}}]}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact] // S4-02, S4-31, S4-32
    public async Task the_agent_they_speak_for_answers()
    {
        var answer = await AskAsync("""{"content": "Tell me of the wombat: ${{ input }}", "context": {"page": 1}, "history": [{"role": "user", "content": "Hi"}], "user_context": {"name": "Ana"}}""");
        answer.EnumerateObject().Select(member => member.Name).ShouldBe(["success", "result", "error", "error_type", "execution_time", "agents_used", "request_id", "routing"]);
        answer.GetProperty("success").GetBoolean().ShouldBeTrue(answer.GetRawText());
        answer.GetProperty("agents_used").EnumerateArray().Select(agent => agent.GetString()).ShouldBe(["first_teller"]);
        answer.GetProperty("execution_time").GetDouble().ShouldBeInRange(0, 30);

        // What the user wrote came to the agent letter by letter: it is data, and no template.
        var told = answer.GetProperty("result");
        told.GetProperty("content").GetString().ShouldBe("Tell me of the wombat: ${{ input }}");
        (told.GetProperty("context").GetProperty("page").GetInt32(), told.GetProperty("history")[0].GetProperty("role").GetString(), told.GetProperty("user_context").GetProperty("name").GetString()).ShouldBe((1, "user", "Ana"));
        (answer.GetProperty("routing").GetProperty("method").GetString(), answer.GetProperty("routing").GetProperty("reasoning").GetString()).ShouldBe(("keywords", "Route 'first_teller' has the word 'wombat'."));

        // It was a workflow like any other, and can be read again.
        var again = await (await client.GetAsync("/api/v1/requests/" + answer.GetProperty("request_id").GetString())).JsonAsync();
        again.GetProperty("result").GetRawText().ShouldBe(told.GetRawText());
    }

    [Fact] // S4-09…14: a built-in agent does real work on words that no route speaks for
    public async Task a_built_in_agent_answers_where_its_own_words_are_said()
    {
        var answer = await AskAsync("""{"content": "Key terms please. Photosynthesis turns light into sugar. Chlorophyll takes in light. Plants need photosynthesis.", "strategy": "simple"}""");
        answer.GetProperty("agents_used").GetArrayLength().ShouldBeGreaterThan(0, answer.GetRawText());
    }

    [Fact] // S4-29, S4-30
    public async Task side_by_side_their_failures_are_their_own()
    {
        var answer = await AskAsync("""{"content": "numbat", "strategy": "simple", "execution": "parallel"}""");
        answer.GetProperty("success").GetBoolean().ShouldBeTrue(answer.GetRawText());
        var result = answer.GetProperty("result");
        result.EnumerateObject().Select(member => member.Name).ShouldBe(["aggregated_result", "individual_results", "failed_agents", "success_rate"]);
        result.GetProperty("success_rate").GetDouble().ShouldBe(2 / 3d);
        result.GetProperty("failed_agents").EnumerateArray().Select(agent => agent.GetString()).ShouldBe(["broken_teller"]);
        var each = result.GetProperty("individual_results");
        each.EnumerateObject().Select(agent => agent.Name).ShouldBe(["broken_teller", "first_teller", "last_teller"]);
        (each.GetProperty("first_teller").GetProperty("success").GetBoolean(), each.GetProperty("first_teller").GetProperty("agent").GetString()).ShouldBe((true, "first_teller"));
        each.GetProperty("broken_teller").GetProperty("success").GetBoolean().ShouldBeFalse();
        each.GetProperty("broken_teller").GetProperty("error").GetString().ShouldNotBeNullOrWhiteSpace();
        each.GetProperty("broken_teller").TryGetProperty("result", out _).ShouldBeFalse();
        result.GetProperty("aggregated_result").EnumerateArray().Select(one => one.GetProperty("agent").GetString()).ShouldBe(["first_teller", "last_teller"]);
        answer.GetProperty("agents_used").GetArrayLength().ShouldBe(3);
    }

    [Fact] // S4-30: a rate of nothing is 0
    public async Task where_all_of_them_fail_the_rate_is_nothing()
    {
        var answer = await AskAsync("""{"content": "bandicoot", "strategy": "simple", "execution": "parallel"}""");
        (answer.GetProperty("success").GetBoolean(), answer.GetProperty("result").GetProperty("success_rate").GetDouble(), answer.GetProperty("error_type").GetString()).ShouldBe((false, 0, "AgentUnavailableError"));
        answer.GetProperty("result").GetProperty("aggregated_result").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact] // S4-26…28
    public async Task one_after_another_each_gets_what_those_before_it_said()
    {
        var answer = await AskAsync("""{"content": "wombat and bilby", "strategy": "simple", "execution": "sequential"}""");
        answer.GetProperty("success").GetBoolean().ShouldBeTrue(answer.GetRawText());
        var result = answer.GetProperty("result");
        var chain = result.GetProperty("execution_chain").EnumerateArray().ToList();
        chain.Select(link => (link.GetProperty("agent").GetString(), link.GetProperty("success").GetBoolean())).ShouldBe([("first_teller", true), ("last_teller", true)]);
        chain[0].GetProperty("result").GetProperty("previous_results").GetArrayLength().ShouldBe(0);
        var handed = chain[1].GetProperty("result").GetProperty("previous_results").EnumerateArray().ShouldHaveSingleItem();
        handed.EnumerateObject().Select(member => member.Name).ShouldBe(["agent", "result", "timestamp"]);
        handed.GetProperty("agent").GetString().ShouldBe("first_teller");
        handed.GetProperty("result").GetProperty("content").GetString().ShouldBe("wombat and bilby");
        handed.GetProperty("timestamp").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        var final = result.GetProperty("final_result");
        final.GetProperty("content").GetString().ShouldBe("wombat and bilby");
        final.GetProperty("previous_results").EnumerateArray().Select(one => one.GetProperty("agent").GetString()).ShouldBe(["first_teller", "last_teller"]);
    }

    [Theory] // S4-28
    [InlineData("", "first_teller broken_teller", false)]
    [InlineData(", \"should_continue_on_failure\": false", "first_teller broken_teller", false)]
    [InlineData(", \"should_continue_on_failure\": true", "first_teller broken_teller last_teller", true)]
    [InlineData(", \"should_continue_on_failure\": {\"broken_teller\": true}", "first_teller broken_teller last_teller", true)]
    [InlineData(", \"should_continue_on_failure\": {\"first_teller\": true}", "first_teller broken_teller", false)]
    public async Task a_chain_goes_on_after_a_failure_where_it_is_told_to(string policy, string chain, bool success)
    {
        var answer = await AskAsync($$"""{"content": "numbat", "strategy": "simple", "execution": "sequential"{{policy}}}""");
        var links = answer.GetProperty("result").GetProperty("execution_chain").EnumerateArray().ToList();
        string.Join(' ', links.Select(link => link.GetProperty("agent").GetString())).ShouldBe(chain, answer.GetRawText());
        links.Select(link => link.GetProperty("success").GetBoolean()).Take(2).ShouldBe([true, false]);
        (answer.GetProperty("success").GetBoolean(), answer.GetProperty("error_type").GetString()).ShouldBe((success, success ? null : "AgentUnavailableError"));
    }

    [Fact] // S4-33
    public async Task what_fails_is_told_in_the_same_form()
    {
        var answer = await AskAsync("""{"content": "bandicoot", "strategy": "simple"}""");
        (answer.GetProperty("success").GetBoolean(), answer.GetProperty("error_type").GetString(), answer.GetProperty("result").ValueKind).ShouldBe((false, "AgentUnavailableError", JsonValueKind.Null));
        answer.GetProperty("error").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact] // S4-33, S4-44
    public async Task an_open_breaker_is_told_in_these_words()
    {
        var self = (await (await client.GetAsync("/api/v1/breakers?agent=last_teller")).JsonAsync()).GetProperty("items")[0].GetProperty("self").GetString()!;
        await client.PostAsync(self + "/trip", null);
        try
        {
            var answer = await AskAsync("""{"content": "bilby", "strategy": "simple"}""");
            (answer.GetProperty("success").GetBoolean(), answer.GetProperty("error").GetString(), answer.GetProperty("error_type").GetString()).ShouldBe((false, "Circuit breaker is OPEN", "CircuitBreakerOpenError"));

            var health = await (await client.GetAsync("/agents/health")).JsonAsync();
            health.EnumerateObject().Select(member => member.Name).ShouldBe(["healthy_agents", "unhealthy_agents", "total_agents", "system_health"]);
            health.GetProperty("system_health").GetString().ShouldBe("degraded");
            health.GetProperty("unhealthy_agents").EnumerateArray().Select(agent => agent.GetString()).ShouldContain("last_teller");
            health.GetProperty("total_agents").GetInt32().ShouldBe(health.GetProperty("healthy_agents").GetArrayLength() + health.GetProperty("unhealthy_agents").GetArrayLength());

            // S4-40, S4-41: fewer than half is a warning.
            var report = await (await client.GetAsync("/health/report")).JsonAsync();
            report.EnumerateObject().Select(member => member.Name).ShouldBe(["timestamp", "orchestrator_status", "agent_health", "system_resources", "external_dependencies"]);
            report.GetProperty("orchestrator_status").GetString().ShouldBe("warning");
            var ill = report.GetProperty("agent_health").GetProperty("last_teller");
            (ill.GetProperty("status").GetString(), ill.GetProperty("breaker").GetString(), ill.GetProperty("error").GetString()).ShouldBe(("unhealthy", "OPEN", "Agent 'last_teller' is currently unavailable"));
            report.GetProperty("agent_health").GetProperty("echo").GetProperty("breaker").GetString().ShouldBe("CLOSED");
            report.GetProperty("external_dependencies").GetProperty("index").GetString().ShouldBe("healthy");

            // The others of a request are called all the same.
            var others = await AskAsync("""{"content": "wombat or bilby", "strategy": "simple", "execution": "parallel"}""");
            others.GetProperty("agents_used").EnumerateArray().Select(agent => agent.GetString()).ShouldBe(["first_teller"]);
            others.GetProperty("result").GetProperty("success_rate").GetDouble().ShouldBe(0.5);
        }
        finally
        {
            await client.PostAsync(self + "/reset", null);
        }
    }

    [Fact]
    public async Task who_does_not_wait_reads_the_answer_later()
    {
        var response = await client.PostJsonAsync("/orchestrate", """{"content": "wombat", "strategy": "simple"}""", ("Prefer", "respond-async"));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = (await response.JsonAsync()).GetProperty("request_id").GetString()!;
        await client.EndAsync(Guid.Parse(id).ToString("N"));
        (await (await client.GetAsync(response.Headers.Location!.ToString())).JsonAsync()).GetProperty("success").GetBoolean().ShouldBeTrue();
        await (await client.GetAsync("/api/v1/requests/nobody")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "task.not_found");
    }

    [Fact] // S4-37…39, S4-51, S4-52
    public async Task what_each_request_and_each_agent_took_is_measured()
    {
        var id = (await AskAsync("""{"content": "wombat", "strategy": "simple"}""")).GetProperty("request_id").GetString();
        var record = (await (await client.GetAsync("/api/v1/requests/metrics?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().Single(one => one.GetProperty("request_id").GetString() == id);
        record.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["request_id", "timestamp", "routing_time_ms", "execution_time_ms", "agents_used", "success", "user_satisfaction", "cache_hit_rate"]);
        record.GetProperty("success").GetBoolean().ShouldBeTrue();
        record.GetProperty("routing_time_ms").GetDouble().ShouldBeGreaterThan(0);
        record.GetProperty("execution_time_ms").GetDouble().ShouldBeInRange(0, 30_000);
        record.GetProperty("agents_used")[0].GetString().ShouldBe("first_teller");

        var agents = await (await client.GetAsync("/agents/metrics")).JsonAsync();
        agents.GetProperty("first_teller").GetProperty("requests_processed").GetInt64().ShouldBeGreaterThan(0);
        agents.GetProperty("first_teller").GetProperty("success_rate").GetDouble().ShouldBe(1);
        agents.GetProperty("first_teller").EnumerateObject().Select(member => member.Name)
            .ShouldBe(["requests_processed", "average_response_time", "success_rate", "current_requests", "health_status", "last_health_check"]);

        // S4-05: one that did nothing yet.
        await client.PostJsonAsync("/api/v1/agents", """{"name": "idle_teller", "kind": "builtin", "instances": [{"endpoint": "echo"}]}""");
        var idle = (await (await client.GetAsync("/agents/metrics")).JsonAsync()).GetProperty("idle_teller");
        (idle.GetProperty("requests_processed").GetInt64(), idle.GetProperty("average_response_time").GetDouble(), idle.GetProperty("success_rate").GetDouble(), idle.GetProperty("health_status").GetString()).ShouldBe((0, 0, 1, "healthy"));
    }

    [Fact] // S4-37, S4-38
    public async Task what_the_user_says_of_an_answer_is_kept_and_goes_into_the_averages()
    {
        var id = (await AskAsync("""{"content": "wombat", "strategy": "simple"}""")).GetProperty("request_id").GetString();
        var address = $"/api/v1/requests/{id}/satisfaction";
        (await client.PostJsonAsync(address, """{"satisfaction": 0.2}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        for (var again = 0; again < 2; again++)
        {
            (await client.PostJsonAsync(address, """{"satisfaction": 0.8}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        var record = (await (await client.GetAsync("/api/v1/requests/metrics?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().Single(one => one.GetProperty("request_id").GetString() == id);
        record.GetProperty("user_satisfaction").GetDouble().ShouldBe(0.8);
        record.GetProperty("cache_hit_rate").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null, "no model had a say");

        var averages = await (await client.GetAsync("/api/v1/requests/averages")).JsonAsync();
        averages.GetProperty("user_satisfaction").GetDouble().ShouldBe(0.8, "nobody said anything of the others");
        averages.GetProperty("execution_time_ms").GetDouble().ShouldBeGreaterThan(0);
        var teller = averages.GetProperty("agents").GetProperty("first_teller");
        (teller.GetProperty("user_satisfaction").GetDouble(), teller.GetProperty("requests").GetInt32() > 0).ShouldBe((0.8, true));

        foreach (var wrong in new[] { """{"satisfaction": 1.1}""", """{"satisfaction": -0.1}""", "{}" })
        {
            await (await client.PostJsonAsync(address, wrong)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        }

        await (await client.PostJsonAsync("/api/v1/requests/nobody/satisfaction", """{"satisfaction": 1}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "task.not_found");
    }

    [Fact] // S4-38
    public void averages_are_over_those_of_whom_something_is_known()
    {
        RequestMetricsResponse[] requests =
        [
            new("1", default, 10, 100, ["a", "b"], true, 1, 1), new("2", default, 20, 300, ["a"], false, null, 0), new("3", default, 30, null, ["b"], null, null, null),
        ];
        var averages = RequestAveragesResponse.Of(requests);
        (averages.Requests, averages.SuccessRate, averages.RoutingTimeMs, averages.ExecutionTimeMs, averages.UserSatisfaction, averages.CacheHitRate).ShouldBe((3, 0.5, 20, 200, 1, 0.5));
        averages.Agents.ShouldBe([new("a", new(2, 0.5, 200, 1)), new("b", new(2, 1, 100, 1))]);
        RequestAveragesResponse.Of([]).ShouldSatisfyAllConditions(none => none.Requests.ShouldBe(0), none => none.SuccessRate.ShouldBeNull(), none => none.Agents.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("""{"content": "a", "pattern": "b"}""", "/pattern")]
    [InlineData("""{"content": "  "}""", "/content")]
    [InlineData("""{"content": "a", "execution": "sideways"}""", "/execution")]
    [InlineData("""{"content": "a", "strategy": "magic"}""", "/strategy")]
    [InlineData("""{"content": "a", "should_continue_on_failure": 1}""", "/should_continue_on_failure")]
    [InlineData("""{"content": "a", "metadata": {"orc.kind": "x"}}""", "/metadata/orc.kind")]
    public async Task what_is_wrong_is_pointed_at(string body, string pointer)
    {
        var problem = await (await client.PostJsonAsync("/orchestrate", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().ShouldBe(pointer);
    }

    private async Task<JsonElement> AskAsync(string body)
    {
        var response = await client.PostJsonAsync("/orchestrate", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }
}
