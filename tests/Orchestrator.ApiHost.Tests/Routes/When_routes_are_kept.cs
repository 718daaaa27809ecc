using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests.Routes;

[Collection(SiloServer.Collection)]
public sealed class When_routes_are_kept(SiloServer silo)
{
    /// <summary>S2-47…64.</summary>
    public static TheoryData<string, string> Shipped { get; } = new()
    {
        { "upload_pdf", "content_ingestion_agent" },
        { "personalize_content", "personalization_agent" },
        { "build_knowledge_graph", "knowledge_graph_agent" },
        { "generate_assessment", "assessment_agent" },
        { "create_visual", "visual_generation_agent" },
        { "generate_audio", "audio_generation_agent" },
        { "translate_content", "translation_agent" },
        { "create_mindmap", "mindmap_agent" },
        { "apply_learning_science", "learning_science_agent" },
        { "track_analytics", "analytics_agent" },
        { "coordinate_realtime", "realtime_coordination_agent" },
        { "check_content_quality", "content_quality_agent" },
        { "run_local_ai", "local_ai_agent" },
        { "cache_data", "caching_agent" },
        { "manage_database", "database_management_agent" },
        { "check_security", "security_compliance_agent" },
        { "run_tests", "testing_qa_agent" },
        { "manage_infrastructure", "infrastructure_agent" },
    };

    private readonly HttpClient client = silo.Client;

    [Theory, MemberData(nameof(Shipped))]
    public async Task those_that_ship_lead_where_they_say(string pattern, string agent)
    {
        var route = await (await client.GetAsync("/api/v1/routes/" + pattern)).JsonAsync();
        route.GetProperty("pattern").GetString().ShouldBe(pattern);
        route.GetProperty("targetAgent").GetString().ShouldBe(agent);
        route.GetProperty("declared").GetBoolean().ShouldBeTrue();
        var resolved = await ResolveAsync($$"""{"pattern": "{{pattern}}"}""");
        resolved.GetProperty("primaryAgent").GetString().ShouldBe(agent);
        resolved.GetProperty("method").GetString().ShouldBe("pattern");
    }

    [Fact]
    public async Task the_same_again_is_answered_as_the_first_time_and_another_is_refused()
    {
        const string body = """{"pattern": "posted_route", "targetAgent": "echo", "timeout": 300, "priority": 2}""";
        var first = await client.PostJsonAsync("/api/v1/routes", body);
        first.StatusCode.ShouldBe(HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        first.Headers.Location!.ToString().ShouldBe("/api/v1/routes/posted_route");
        var route = await first.JsonAsync();
        (route.GetProperty("name").GetString(), route.GetProperty("timeoutMs").GetInt64(), route.GetProperty("priority").GetInt32()).ShouldBe(("posted_route", 300_000, 2));

        var second = await client.PostJsonAsync("/api/v1/routes", body);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostJsonAsync("/api/v1/routes", body.Replace("300", "200", StringComparison.Ordinal))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "route.exists");
        await (await client.PostJsonAsync("/api/v1/routes", body.Replace("{", "{\"name\": \"other_name\", ", StringComparison.Ordinal))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "route.pattern_taken");
    }

    [Fact]
    public async Task replacing_and_removing_need_the_version_that_was_read()
    {
        const string path = "/api/v1/routes/put_route";
        const string body = """{"keywords": ["quokka"], "targetAgents": ["echo", "slow"], "timeout": "PT2M"}""";
        (await client.SendJsonAsync(HttpMethod.Put, path, body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var tag = (await client.GetAsync(path)).Headers.ETag!.ToString();
        (await client.GetAsync(path, ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await ResolveAsync("""{"content": "A quokka!", "strategy": "simple"}""")).GetProperty("secondaryAgents")[0].GetString().ShouldBe("slow");

        var off = body.Replace("{", "{\"enabled\": false, ", StringComparison.Ordinal);
        await (await client.SendJsonAsync(HttpMethod.Put, path, off)).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        var replaced = await client.SendJsonAsync(HttpMethod.Put, path, off, ("If-Match", tag));
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await client.SendJsonAsync(HttpMethod.Put, path, body, ("If-Match", tag))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        (await ResolveAsync("""{"content": "A quokka!", "strategy": "simple"}""")).GetProperty("method").GetString().ShouldBe("fallback");

        await (await client.DeleteAsync(path)).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), ("If-Match", replaced.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "route.unknown");
        await (await client.DeleteAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "route.unknown");
    }

    [Fact]
    public async Task a_declared_one_is_turned_off_by_one_in_its_place_and_is_back_when_that_is_gone()
    {
        const string path = "/api/v1/routes/run_tests";
        await (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), ("If-Match", "*"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "route.declared");
        (await client.SendJsonAsync(HttpMethod.Put, path, """{"pattern": "run_tests", "targetAgent": "testing_qa_agent", "enabled": false}""", ("If-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ResolveAsync("""{"pattern": "run_tests"}""")).GetProperty("refusal").GetString().ShouldBe("Unknown pattern 'run_tests'");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), ("If-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ResolveAsync("""{"pattern": "run_tests"}""")).GetProperty("primaryAgent").GetString().ShouldBe("testing_qa_agent");
    }

    [Fact]
    public async Task everything_that_is_wrong_with_one_is_told_at_once()
    {
        const string body = """{"name": "no spaces", "targetAgent": "a", "targetAgents": ["a", "a"], "timeout": -1, "priority": 9, "keywords": [""]}""";
        var problem = await (await client.PostJsonAsync("/api/v1/routes", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .ShouldBe(["/targetAgent", "/timeout", "/priority", "/name", "/targetAgents", "/keywords"]);
    }

    [Fact]
    public async Task they_are_listed_page_by_page()
    {
        var walked = new List<string>();
        for (var path = "/api/v1/routes?limit=7"; path is not null;)
        {
            var part = await (await client.GetAsync(path)).JsonAsync();
            walked.AddRange(part.GetProperty("items").EnumerateArray().Select(route => route.GetProperty("name").GetString()!));
            path = part.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/routes?limit=7&cursor=" + cursor : null;
        }

        walked.ShouldBe(walked.Order(StringComparer.Ordinal).Distinct());
        walked.Count.ShouldBeGreaterThanOrEqualTo(23);
    }

    [Theory] // S4-09…13, S4-50
    [InlineData("Please look it up: what is a lemur?", "kb_librarian")]
    [InlineData("Open a shell", "system_commands")]
    [InlineData("Browse for it", "web_research")]
    [InlineData("synthesize these", "rag_agent")]
    [InlineData("How are you?", "chat_agent")]
    public async Task words_speak_for_those_they_name_and_the_answer_says_why(string content, string agent)
    {
        var resolved = await ResolveAsync(JsonSerializer.Serialize(new { content, strategy = "simple" }));
        var candidate = resolved.GetProperty("candidates").EnumerateArray().First(one => one.GetProperty("agent").GetString() == agent);
        candidate.GetProperty("score").GetDouble().ShouldBe(0.5);
        candidate.GetProperty("route").GetString().ShouldBe(agent);
        candidate.GetProperty("reasons")[0].GetString().ShouldStartWith($"Route '{agent}' has the word '");
    }

    [Fact]
    public async Task asking_runs_nothing_and_needs_one_question()
    {
        var before = (await (await client.GetAsync("/api/v1/workflows?count=exact&limit=1")).JsonAsync()).GetProperty("total").GetInt64();
        (await ResolveAsync("""{"capability": "echo"}""")).GetProperty("primaryAgent").GetString().ShouldBe("echo");
        (await ResolveAsync("""{"pattern": "upload_pfd"}""")).GetProperty("reasoning").GetString()!.ShouldContain("'upload_pdf'");
        (await (await client.GetAsync("/api/v1/workflows?count=exact&limit=1")).JsonAsync()).GetProperty("total").GetInt64().ShouldBe(before);
        foreach (var body in (string[])["{}", """{"pattern": "a", "content": "b"}""", """{"pattern": "a", "context": {}}""", """{"content": " "}""", """{"content": "a", "strategy": "magic"}"""])
        {
            await (await client.PostJsonAsync("/api/v1/routes:resolve", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    private async Task<JsonElement> ResolveAsync(string body)
    {
        var response = await client.PostJsonAsync("/api/v1/routes:resolve", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }
}
