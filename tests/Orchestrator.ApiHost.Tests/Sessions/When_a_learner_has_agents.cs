using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.ApiHost.Tests.Sessions;

/// <summary>The REST surface of S3 (S3-24…28, S3-33), with the built-in agents behind it.</summary>
[Collection(SiloServer.Collection)]
public sealed class When_a_learner_has_agents(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task a_session_is_started_and_ready_in_the_words_of_s3()
    {
        var started = await AskAsync("start_session", "12345", """{"subject": "mathematics", "gradeLevel": 7}""");
        Names(started).ShouldBe(["sessionId", "agents", "status", "orchestration", "timestamp"]);
        var epoch = Regex.Match(started.GetProperty("sessionId").GetString()!, @"^session_12345_(\d{13})$").Groups[1].Value;
        epoch.ShouldNotBeEmpty();
        started.GetProperty("agents").GetProperty("learning").GetString().ShouldBe($"learning-agent-12345-{epoch}");
        started.GetProperty("agents").GetProperty("tutor").GetString().ShouldBe($"tutor-agent-12345-{epoch}");
        started.GetProperty("status").GetString().ShouldBe("ready");

        var orchestration = started.GetProperty("orchestration");
        Names(orchestration).ShouldBe(["planId", "success", "duration", "results"]);
        orchestration.GetProperty("success").GetBoolean().ShouldBeTrue();
        orchestration.GetProperty("duration").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        var results = orchestration.GetProperty("results");
        results.GetProperty("init_learning").GetProperty("success").GetBoolean().ShouldBeTrue();
        results.GetProperty("init_learning").GetProperty("data").GetProperty("sessionReady").GetBoolean().ShouldBeTrue();
        results.GetProperty("init_tutor").GetProperty("data").GetProperty("conversationReady").GetBoolean().ShouldBeTrue();
        started.GetProperty("timestamp").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task an_interaction_is_judged_and_the_session_learns_of_it()
    {
        var started = await AskAsync("start_session", "bea", """{"subject": "mathematics", "gradeLevel": 7}""");
        var answered = await AskAsync("process_interaction", "bea", """{"activityId": "math-7-equations-1", "response": {"answer": "5"}, "timestamp": "2026-01-31T12:00:00.000Z"}""");
        Names(answered).ShouldBe(["success", "response", "confidence", "reasoning", "timestamp"]);
        answered.GetProperty("success").GetBoolean().ShouldBeTrue();
        var response = answered.GetProperty("response");
        response.GetProperty("correct").GetBoolean().ShouldBeTrue();
        response.GetProperty("nextActivity").GetProperty("activityId").GetString().ShouldNotBe("math-7-equations-1");
        response.GetProperty("adaptations").ValueKind.ShouldBe(JsonValueKind.Array);
        answered.GetProperty("confidence").GetDouble().ShouldBe(0.79);
        answered.GetProperty("timestamp").GetString().ShouldBe("2026-01-31T12:00:00.000Z");

        var session = await (await client.GetAsync("/api/v1/sessions/" + started.GetProperty("sessionId").GetString())).JsonAsync();
        session.GetProperty("turns").EnumerateArray().Select(turn => turn.GetProperty("action").GetString()).ShouldBe(["start_session", "process_interaction"]);
        session.GetProperty("states").GetProperty("learning").GetProperty("recent").GetArrayLength().ShouldBe(1);

        // The agent that was told of the first answer knows it when it judges the next.
        var next = await AskAsync("process_interaction", "bea", """{"activityId": "math-7-equations-2", "response": {"answer": "5"}}""");
        next.GetProperty("reasoning").GetString()!.ShouldContain("After 2 answers on linear equations");
    }

    [Fact]
    public async Task an_interaction_without_a_session_begins_one()
    {
        var response = await client.PostJsonAsync("/api/agents", Body("process_interaction", "cem", """{"activityId": "science-7-forces-1", "response": {"answer": "newton"}}"""));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).GetProperty("response").GetProperty("correct").GetBoolean().ShouldBeTrue();
        var place = response.Content.Headers.ContentLocation!.ToString();
        place.ShouldStartWith("/api/v1/sessions/session_cem_");
        (await (await client.GetAsync(place)).JsonAsync()).GetProperty("state").GetString().ShouldBe("answered");
    }

    [Fact]
    public async Task an_unknown_activity_is_answered_with_every_field_and_a_reason()
    {
        var answered = await AskAsync("process_interaction", "dan", """{"activityId": "nobody-knows-it", "response": {"answer": "5"}}""");
        Names(answered).ShouldBe(["success", "response", "confidence", "reasoning", "timestamp"]);
        answered.GetProperty("response").GetProperty("correct").ValueKind.ShouldBe(JsonValueKind.Null);
        Names(answered.GetProperty("response")).Take(3).ShouldBe(["correct", "nextActivity", "adaptations"]);
        answered.GetProperty("confidence").GetDouble().ShouldBe(0);
        answered.GetProperty("reasoning").GetString()!.ShouldContain("nobody-knows-it");
    }

    [Fact]
    public async Task the_same_request_is_done_once()
    {
        const string Start = """{"subject": "science", "gradeLevel": 7}""";
        var first = await AskAsync("start_session", "eva", Start, ("Idempotency-Key", "k1"));
        var again = await client.PostJsonAsync("/api/agents", Body("start_session", "eva", Start), ("Idempotency-Key", "k1"));
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await again.JsonAsync()).GetProperty("sessionId").GetString().ShouldBe(first.GetProperty("sessionId").GetString());
        await (await client.PostJsonAsync("/api/agents", Body("start_session", "eva", "{}"), ("Idempotency-Key", "k1"))).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.key_reused");

        const string Answer = """{"activityId": "science-7-forces-1", "response": {"answer": "watt"}}""";
        for (var time = 0; time < 3; time++)
        {
            (await AskAsync("process_interaction", "eva", Answer, ("Idempotency-Key", "k2"))).GetProperty("response").GetProperty("correct").GetBoolean().ShouldBeFalse();
        }

        await (await client.PostJsonAsync("/api/agents", Body("process_interaction", "eva", "{}"), ("Idempotency-Key", "k2"))).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.key_reused");
        var session = await (await client.GetAsync("/api/v1/sessions/" + first.GetProperty("sessionId").GetString())).JsonAsync();
        session.GetProperty("states").GetProperty("learning").GetProperty("recent").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task a_closed_session_is_followed_by_another()
    {
        var first = (await AskAsync("start_session", "fay", "{}")).GetProperty("sessionId").GetString();
        (await client.PostJsonAsync($"/api/v1/sessions/{first}/close", "{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var response = await client.PostJsonAsync("/api/agents", Body("process_interaction", "fay", """{"activityId": "math-7-mean-1", "response": {"answer": "7"}}"""));
        response.Content.Headers.ContentLocation!.ToString().ShouldNotContain(first!);
        (await response.JsonAsync()).GetProperty("success").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Whoever registers an agent under the name of a session's agent is that agent, for that session alone (S3-33, S3-41).</summary>
    [Fact]
    public async Task an_agent_of_ones_own_takes_the_place_of_a_built_in_one()
    {
        var started = await AskAsync("start_session", "gus", "{}");
        var name = started.GetProperty("agents").GetProperty("learning").GetString();
        (await silo.Grains.Agent(name!).RegisterAsync(new AgentRegistration(name!, AgentKind.Builtin, ["process_interaction"], [new AgentInstance("echo")], 10))).Refusal.ShouldBeNull();

        // Steps look agents up in a copy that may be a second old.
        JsonElement answered = default;
        for (var time = 0; time < 100 && (time == 0 || answered.GetProperty("response").GetProperty("correct").ValueKind == JsonValueKind.True); time++)
        {
            answered = await AskAsync("process_interaction", "gus", """{"activityId": "math-7-mean-1", "response": {"answer": "7"}}""");
        }

        // An echo judges nothing, and nothing is made up for it.
        answered.GetProperty("success").GetBoolean().ShouldBeTrue();
        answered.GetProperty("response").GetProperty("correct").ValueKind.ShouldBe(JsonValueKind.Null);
        answered.GetProperty("reasoning").GetString().ShouldBe("The agent gave no reasons.");
    }

    /// <summary>S3-06 and S3-07: a plan that is handed in and waited for, and its result in the words of S3.</summary>
    [Fact]
    public async Task a_plan_has_a_result_in_the_words_of_s3()
    {
        const string Plan = """{"id": "p1", "parallel": true, "steps": [{"id": "good", "agentId": "echo", "action": "echo", "input": 1}, {"id": "bad", "agentId": "tutor-agent", "action": "predict_with_gpt4", "input": {}, "dependencies": ["good"]}]}""";
        var started = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plan), ("Prefer", "wait=20"))).JsonAsync();
        var result = await (await client.GetAsync($"/api/v1/workflows/{started.Id()}/result")).JsonAsync();
        Names(result).ShouldBe(["planId", "success", "duration", "results", "errors"]);
        (result.GetProperty("planId").GetString(), result.GetProperty("success").GetBoolean()).ShouldBe(("p1", false));
        result.GetProperty("results").GetProperty("good").GetRawText().ShouldBe("""{"success":true,"data":1}""");
        result.GetProperty("results").GetProperty("bad").GetProperty("success").GetBoolean().ShouldBeFalse();
        result.GetProperty("errors").GetProperty("bad").GetString()!.ShouldContain("needs a language model");

        var gate = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Signal))).JsonAsync();
        (await client.GetAsync($"/api/v1/workflows/{gate.Id()}/result")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await (await client.GetAsync("/api/v1/workflows/nobody/result")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
    }

    [Theory]
    [InlineData("""{"action": "start_sesion", "learnerId": "x"}""", "/action", "start_session")]
    [InlineData("""{"action": "start_session", "learnerId": "a b"}""", "/learnerId", null)]
    [InlineData("""{"action": "start_session", "learnerId": "a", "data": []}""", "/data", null)]
    [InlineData("""{"action": "start_session", "learnerId": "a", "data": {"subject": 7}}""", "/data/subject", null)]
    [InlineData("""{"action": "start_session", "learnerId": "a", "data": {"gradeLevel": "seven"}}""", "/data/gradeLevel", null)]
    [InlineData("""{"action": "process_interaction", "learnerId": "a", "data": {"activityId": 7}}""", "/data/activityId", null)]
    [InlineData("""{"action": "process_interaction", "learnerId": "a", "data": {"timestamp": "soon"}}""", "/data/timestamp", null)]
    public async Task what_cannot_be_asked_is_refused_by_name(string body, string pointer, string? suggestion)
    {
        var problem = await (await client.PostJsonAsync("/api/agents", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        var error = problem.GetProperty("errors")[0];
        error.GetProperty("pointer").GetString().ShouldBe(pointer);
        (error.TryGetProperty("suggestion", out var meant) ? meant.GetString() : null).ShouldBe(suggestion);
    }

    private static string Body(string action, string learner, string data) => $$"""{"action": "{{action}}", "learnerId": "{{learner}}", "data": {{data}}}""";

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    private async Task<JsonElement> AskAsync(string action, string learner, string data, params (string Name, string Value)[] headers)
    {
        var response = await client.PostJsonAsync("/api/agents", Body(action, learner, data), headers);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }
}
