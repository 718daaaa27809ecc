using System.Net;
using System.Text.Json;
using Orchestrator.ApiHost.Tests.Routes;

namespace Orchestrator.ApiHost.Tests.Tasks;

[Collection(SiloServer.Collection)]
public sealed class When_tasks_are_given(SiloServer silo)
{
    private const string Text = "Plants make sugar from light. Roots take up water. Leaves take in carbon dioxide and give off oxygen.";

    private readonly HttpClient client = silo.Client;

    [Fact] // S2-04…06, S2-14, S2-15
    public async Task the_answer_is_a_task_that_is_queued_with_its_agent()
    {
        var response = await PostAsync($$"""{"pattern": "generate_assessment", "payload": {"text": "{{Text}}"}, "priority": 5, "metadata": {"source": "web_app", "try": 2}, "timeout": 120, "callback_url": "http://127.0.0.1:9/done"}""");
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var task = await response.JsonAsync();
        task.EnumerateObject().Select(member => member.Name).ShouldBe(["task_id", "status", "agent", "created_at", "updated_at"]);
        var id = task.GetProperty("task_id").GetGuid();
        response.Headers.Location!.ToString().ShouldBe("/status/" + id);
        (task.GetProperty("status").GetString(), task.GetProperty("agent").GetString()).ShouldBe(("queued", "assessment_agent"));
        task.GetProperty("created_at").GetString().ShouldBe(task.GetProperty("updated_at").GetString());
        task.GetProperty("created_at").GetString()!.ShouldEndWith("Z");

        // S2-11…13: it is a workflow with the priority, tags and timeout that were asked for.
        var workflow = await client.EndAsync(id.ToString("N"));
        (workflow.GetProperty("priority").GetInt32(), workflow.GetProperty("tags").GetProperty("source").GetString(), workflow.GetProperty("tags").GetProperty("try").GetString()).ShouldBe((5, "web_app", "2"));
        var step = workflow.GetProperty("plan").GetProperty("steps")[0];
        (step.GetProperty("timeout").GetInt64(), step.GetProperty("agentId").GetString(), step.GetProperty("action").GetString()).ShouldBe((120_000, "assessment_agent", "generate_assessment"));
        workflow.GetProperty("input").GetProperty("text").GetString().ShouldBe(Text);
    }

    [Fact] // S2-08, S2-16…18
    public async Task its_status_is_polled_until_it_is_terminal()
    {
        var id = await GiveAsync($$"""{"pattern": "create_mindmap", "payload": {"text": "{{Text}}"} }""");
        await client.EndAsync(Guid.Parse(id).ToString("N"));
        foreach (var form in (string[])[id, Guid.Parse(id).ToString("N")])
        {
            var task = await (await client.GetAsync("/status/" + form)).JsonAsync();
            task.EnumerateObject().Select(member => member.Name).ShouldBe(["task_id", "status", "agent", "result", "error", "created_at", "updated_at", "execution_time"]);
            (task.GetProperty("task_id").GetString(), task.GetProperty("status").GetString(), task.GetProperty("agent").GetString()).ShouldBe((id, "completed", "mindmap_agent"));
            task.GetProperty("result").ValueKind.ShouldBe(JsonValueKind.Object);
            task.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
            task.GetProperty("execution_time").GetDouble().ShouldBeInRange(0, 30);
            task.GetProperty("updated_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(task.GetProperty("created_at").GetDateTimeOffset());
        }

        var unknown = await (await client.GetAsync("/status/none-such")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "task.not_found");
        unknown.GetProperty("detail").GetString().ShouldBe("Unknown task 'none-such'");
    }

    [Fact] // S2-18: it is running while its agent works
    public async Task it_runs_while_its_agent_works()
    {
        await RouteAsync("slow_task", "slow", "\"capability\": \"slow\"");
        var id = await GiveAsync("""{"pattern": "slow_task", "payload": {"delayMs": 60000}}""");
        var hex = Guid.Parse(id).ToString("N");
        await client.UntilAsync(hex, "step.started");
        var task = await (await client.GetAsync("/status/" + id)).JsonAsync();
        (task.GetProperty("status").GetString(), task.GetProperty("result").ValueKind, task.GetProperty("execution_time").ValueKind).ShouldBe(("running", JsonValueKind.Null, JsonValueKind.Null));
        await client.PostAsync($"/api/v1/workflows/{hex}/cancel", null);
        (await (await client.GetAsync("/status/" + id)).JsonAsync()).GetProperty("status").GetString().ShouldBe("failed");
    }

    [Fact] // S2-19…21
    public async Task several_are_read_at_once_and_failures_fail_nothing()
    {
        await RouteAsync("echo_task", "echo");
        var good = await GiveAsync("""{"pattern": "echo_task", "payload": {"n": 1}}""");
        var bad = await GiveAsync("""{"pattern": "upload_pdf", "payload": {"file": 7}}""");
        await client.EndAsync(Guid.Parse(good).ToString("N"));
        await client.EndAsync(Guid.Parse(bad).ToString("N"));

        var all = await (await client.PostJsonAsync("/aggregate", $$"""{"task_ids": ["{{good}}", "{{bad}}", "nobody"]}""")).JsonAsync();
        (all.GetProperty("total_tasks").GetInt32(), all.GetProperty("completed").GetInt32(), all.GetProperty("failed").GetInt32()).ShouldBe((3, 1, 2));
        var result = all.GetProperty("results").EnumerateArray().ShouldHaveSingleItem();
        result.EnumerateObject().Select(member => member.Name).ShouldBe(["task_id", "agent", "result", "execution_time"]);
        (result.GetProperty("task_id").GetString(), result.GetProperty("agent").GetString(), result.GetProperty("result").GetProperty("n").GetInt32()).ShouldBe((good, "echo", 1));
        all.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("task_id").GetString(), error.GetProperty("agent").GetString())).ShouldBe([(bad, "content_ingestion_agent"), ("nobody", null)]);
        all.GetProperty("errors")[0].GetProperty("error").GetString().ShouldNotBeNullOrWhiteSpace();

        foreach (var body in (string[])["""{"task_ids": []}""", """{"task_ids": ["a", "a"]}"""])
        {
            await (await client.PostJsonAsync("/aggregate", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    [Fact] // S2-09, S2-43
    public async Task an_unknown_pattern_is_refused_in_these_words()
    {
        var problem = await (await PostAsync("""{"pattern": "xyz"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "pattern.unknown");
        (problem.GetProperty("detail").GetString(), problem.GetProperty("title").GetString(), problem.GetProperty("status_code").GetInt32()).ShouldBe(("Unknown pattern 'xyz'", "Agent Not Found", 404));
    }

    [Fact] // S2-42, S2-44
    public async Task an_agent_whose_every_instance_is_open_is_unavailable_and_back_when_one_closes()
    {
        await AgentAsync("shut_agent", "");
        await RouteAsync("shut_task", "shut_agent");
        var self = (await (await client.GetAsync("/api/v1/breakers?agent=shut_agent")).JsonAsync()).GetProperty("items")[0].GetProperty("self").GetString()!;
        await client.PostAsync(self + "/trip", null);
        var response = await PostAsync("""{"pattern": "shut_task"}""");
        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "agent.unavailable");
        (problem.GetProperty("detail").GetString(), problem.GetProperty("status_code").GetInt32()).ShouldBe(("Agent 'shut_agent' is currently unavailable", 503));

        var health = await (await client.GetAsync("/health")).JsonAsync();
        health.GetProperty("status").GetString().ShouldBe("warning");
        health.GetProperty("agents_healthy").GetInt32().ShouldBeLessThan(health.GetProperty("agents_total").GetInt32());
        (await (await client.GetAsync("/metrics", ("Accept", "application/json"))).JsonAsync()).GetProperty("agents_status").GetProperty("shut_agent").GetString().ShouldBe("open");

        await client.PostAsync(self + "/reset", null);
        (await PostAsync("""{"pattern": "shut_task"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact] // S2-42
    public async Task an_agent_that_nobody_declared_is_unavailable()
    {
        await RouteAsync("nobodys_task", "nobody_at_all");
        var problem = await (await PostAsync("""{"pattern": "nobodys_task"}""")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "agent.unavailable");
        problem.GetProperty("detail").GetString().ShouldBe("Agent 'nobody_at_all' is currently unavailable");
    }

    [Fact] // S2-46
    public async Task a_rate_that_is_used_up_refuses_more()
    {
        await AgentAsync("rated_agent", "\"rateLimit\": {\"perMinute\": 1, \"burst\": 2}, ");
        await RouteAsync("rated_task", "rated_agent");
        (await PostAsync("""{"pattern": "rated_task"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync("""{"pattern": "rated_task"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var response = await PostAsync("""{"pattern": "rated_task"}""");
        var problem = await response.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "agent.rate_limited");
        (problem.GetProperty("detail").GetString(), problem.GetProperty("status_code").GetInt32()).ShouldBe(("Rate limit exceeded for agent 'rated_agent'", 429));
        response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
    }

    [Fact] // S2-45
    public async Task a_full_queue_refuses_more()
    {
        await AgentAsync("narrow_agent", "\"rateLimit\": {\"perMinute\": 1, \"burst\": 1000}, \"queueMax\": 0, \"concurrency\": 1, ");
        await RouteAsync("narrow_task", "narrow_agent");
        var busy = await silo.Grains.GetGrain<Orchestrator.Grains.Agents.IAgentGrain>("narrow_agent").AcquireAsync(new("ticket", "nobody", 3, "g", long.MaxValue));
        busy.Lease.ShouldNotBeNull();
        var problem = await (await PostAsync("""{"pattern": "narrow_task"}""")).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "agent.queue_full");
        (problem.GetProperty("detail").GetString(), problem.GetProperty("status_code").GetInt32()).ShouldBe(("Queue is full", 429));
    }

    [Fact]
    public async Task the_same_key_is_the_same_task_and_another_body_under_it_is_refused()
    {
        await RouteAsync("keyed_task", "echo");
        const string body = """{"pattern": "keyed_task", "payload": {"a": 1}}""";
        var first = await client.PostJsonAsync("/orchestrate", body, ("Idempotency-Key", "\"once\""));
        var again = await client.PostJsonAsync("/orchestrate", body, ("Idempotency-Key", "\"once\""));
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostJsonAsync("/orchestrate", body.Replace('1', '2'), ("Idempotency-Key", "\"once\""))).ShouldBeProblemAsync((HttpStatusCode)422, "idempotency.key_reused");
    }

    [Fact]
    public async Task a_caller_who_waits_gets_the_ended_task()
    {
        await RouteAsync("waited_task", "echo");
        var response = await client.PostJsonAsync("/orchestrate", """{"pattern": "waited_task", "payload": ["${{ input.x }}", {"text": "as it is"}]}""", ("Prefer", "wait=30"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var task = await response.JsonAsync();
        task.GetProperty("status").GetString().ShouldBe("completed");

        // S2-10: what is in a payload is the agent's to read, and nobody's before.
        task.GetProperty("result").GetRawText().ShouldBe("""["${{ input.x }}", {"text": "as it is"}]""");
    }

    [Theory]
    [InlineData("{}", "/pattern")]
    [InlineData("""{"pattern": "upload_pdf", "priority": 6}""", "/priority")]
    [InlineData("""{"pattern": "upload_pdf", "timeout": 0}""", "/timeout")]
    [InlineData("""{"pattern": "upload_pdf", "metadata": {"no blank": 1}}""", "/metadata/no blank")]
    [InlineData("""{"pattern": "upload_pdf", "callback_url": "ftp://x"}""", "/callback_url")]
    public async Task what_is_wrong_is_pointed_at(string body, string pointer)
    {
        var problem = await (await PostAsync(body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().ShouldBe(pointer);
        problem.GetProperty("status_code").GetInt32().ShouldBe(400);
    }

    [Theory, MemberData(nameof(When_routes_are_kept.Shipped), MemberType = typeof(When_routes_are_kept))] // S2-47…64
    public async Task every_route_that_ships_takes_tasks_or_says_what_its_agent_wants(string pattern, string agent)
    {
        var response = await PostAsync($$"""{"pattern": "{{pattern}}", "payload": {"text": "{{Text}}"} }""");
        var answer = await response.JsonAsync();
        if (response.StatusCode == HttpStatusCode.Accepted)
        {
            answer.GetProperty("agent").GetString().ShouldBe(agent);
        }
        else
        {
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.GetProperty("detail").GetString().ShouldBe($"Agent '{agent}' is currently unavailable");
        }
    }

    [Fact] // S2-22
    public async Task the_health_is_told_in_one_look()
    {
        var health = await (await client.GetAsync("/health")).JsonAsync();
        health.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "timestamp", "version", "agents_healthy", "agents_total", "active_tasks", "queue_size"]);
        health.GetProperty("status").GetString().ShouldBeOneOf("healthy", "warning");
        health.GetProperty("agents_total").GetInt32().ShouldBeGreaterThan(10);
    }

    [Fact] // S2-23
    public async Task the_metrics_are_json_for_those_who_want_it()
    {
        await client.EndAsync(await client.StartAsync(Plans.Echo));
        var metrics = await (await client.GetAsync("/metrics", ("Accept", "application/json"))).JsonAsync();
        metrics.EnumerateObject().Select(member => member.Name).ShouldBe(["total_tasks", "active_tasks", "completed_tasks", "failed_tasks", "agents_status", "queue_sizes"]);
        metrics.GetProperty("completed_tasks").GetInt64().ShouldBeGreaterThan(0);
        metrics.GetProperty("total_tasks").GetInt64().ShouldBeGreaterThanOrEqualTo(
            metrics.GetProperty("completed_tasks").GetInt64() + metrics.GetProperty("failed_tasks").GetInt64() + metrics.GetProperty("active_tasks").GetInt64());
        metrics.GetProperty("agents_status").GetProperty("echo").GetString().ShouldBe("closed");
        metrics.GetProperty("queue_sizes").EnumerateObject().Select(member => member.Name).ShouldBe(["priority_1", "priority_2", "priority_3", "priority_4", "priority_5"]);
    }

    [Fact] // S2-25…30
    public async Task the_six_metrics_keep_their_names()
    {
        await GiveAsync($$"""{"pattern": "generate_assessment", "payload": {"text": "{{Text}}"} }""");
        var text = await (await client.GetAsync("/metrics")).Content.ReadAsStringAsync();
        foreach (var type in (string[])
            [
                "orchestrator_requests_total counter", "orchestrator_request_duration_seconds histogram", "orchestrator_active_tasks gauge",
                "orchestrator_agent_health gauge", "orchestrator_queue_size gauge", "orchestrator_circuit_breaker_state gauge",
            ])
        {
            text.ShouldContain($"# TYPE {type}\n");
        }

        text.ShouldContain("orchestrator_requests_total{kind=\"task\",outcome=\"accepted\"} ");
        text.ShouldContain("orchestrator_request_duration_seconds_count{kind=\"task\"} ");
        text.ShouldContain("orchestrator_agent_health{agent=\"echo\"} 1\n");
        text.ShouldContain("orchestrator_circuit_breaker_state{agent=\"echo\"} 0\n");
        text.ShouldContain("orchestrator_queue_size{priority=\"5\"} ");
    }

    private Task<HttpResponseMessage> PostAsync(string body) => client.PostJsonAsync("/orchestrate", body);

    private async Task<string> GiveAsync(string body)
    {
        var response = await PostAsync(body);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).GetProperty("task_id").GetString()!;
    }

    private async Task RouteAsync(string pattern, string agent, string more = "\"enabled\": true")
    {
        var response = await client.PostJsonAsync("/api/v1/routes", $$"""{"pattern": "{{pattern}}", "targetAgent": "{{agent}}", {{more}}}""");
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    private async Task AgentAsync(string name, string more)
    {
        var response = await client.PostJsonAsync("/api/v1/agents", $$"""{"name": "{{name}}", {{more}}"kind": "http", "instances": [{"endpoint": "http://127.0.0.1:9/run"}]}""");
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }
}
