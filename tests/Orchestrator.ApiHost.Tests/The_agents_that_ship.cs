using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

/// <summary>Every agent that a shipped route leads to (S2-47…64, S4-09…13): it does real work offline, or says what to configure.</summary>
[Collection(SiloServer.Collection)]
public sealed class The_agents_that_ship(SiloServer silo)
{
    private const string Text = "Plants make sugar of light. Light drives the Calvin cycle in the leaf. The leaf takes carbon dioxide from the air. Sugar feeds the plant.";

    private readonly HttpClient client = silo.Client;

    /// <summary>Action, agent, input, and a member that only work can have put into the output.</summary>
    public static TheoryData<string, string, string, string> Working => new()
    {
        { "upload_pdf", "content_ingestion_agent", $$"""{"text": "{{Text}}"}""", "text" },
        { "personalize_content", "personalization_agent", $$"""{"user_id": "u", "interests": ["sugar"], "contents": ["{{Text}}", "Stones."]}""", "ranking" },
        { "build_knowledge_graph", "knowledge_graph_agent", $$"""{"text": "{{Text}}"}""", "nodes" },
        { "generate_assessment", "assessment_agent", $$"""{"text": "{{Text}}"}""", "questions" },
        { "create_visual", "visual_generation_agent", """{"data": [{"label": "a", "value": 1}]}""", "svg" },
        { "create_mindmap", "mindmap_agent", $$"""{"text": "{{Text}}"}""", "mermaid" },
        { "apply_learning_science", "learning_science_agent", """{"items": ["chlorophyll"], "startDate": "2025-09-01"}""", "calendar" },
        { "track_analytics", "analytics_agent", """{"values": [1, 2, 3]}""", "summary" },
        { "coordinate_realtime", "realtime_coordination_agent", """{"events": [{"id": "e", "by": "a", "clock": {"a": 1}}]}""", "order" },
        { "check_content_quality", "content_quality_agent", $$"""{"text": "{{Text}}"}""", "readability" },
        { "cache_data", "caching_agent", """{"value": {"a": 1}}""", "hash" },
        { "check_security", "security_compliance_agent", """{"text": "ana@example.com"}""", "findings" },
        { "run_tests", "testing_qa_agent", """{"tests": [{"name": "t", "value": 1, "equals": 1}]}""", "results" },
        { "manage_infrastructure", "infrastructure_agent", """{"callsPerSecond": 10, "secondsPerCall": 0.5}""", "instances" },
        { "process_request", "kb_librarian", $$"""{"content": "sugar", "documents": ["{{Text}}"]}""", "results" },
        { "process_request", "rag_agent", $$"""{"content": "sugar", "documents": ["{{Text}}"]}""", "sources" },
    };

    /// <summary>What a caller may well expect of an agent of that name, and ours does not do: it says what would.</summary>
    public static TheoryData<string, string, string, string> Elsewhere => new()
    {
        { "create_visual", "visual_generation_agent", """{"prompt": "a leaf in the sun"}""", "a service that makes images" },
        { "coordinate_realtime", "realtime_coordination_agent", """{"room": "7b", "participants": ["ana", "ben"]}""", "/ws and topics" },
        { "run_tests", "testing_qa_agent", """{"suite": "unit"}""", "a service that runs tests" },
        { "manage_infrastructure", "infrastructure_agent", """{"operation": "restart", "service": "web"}""", "a service that may change machines" },
    };

    public static TheoryData<string, string, string> ToConfigure => new()
    {
        { "generate_audio", "audio_generation_agent", "PUT /api/v1/agents/audio_generation_agent" },
        { "translate_content", "translation_agent", "Models:Endpoint" },
        { "run_local_ai", "local_ai_agent", "Models:Endpoint" },
        { "manage_database", "database_management_agent", "Agents:Declared:database_management_agent" },
        { "process_request", "system_commands", "no shell is ever started" },
        { "process_request", "web_research", "Agents:Declared:web_research" },
        { "process_request", "chat_agent", "Models:Endpoint" },
    };

    [Theory, MemberData(nameof(Working))]
    public async Task do_the_work(string action, string agent, string input, string member)
    {
        var workflow = await RunAsync(action, agent, input);
        workflow.State().ShouldBe("completed", workflow.GetProperty("error").GetRawText());
        var output = workflow.GetProperty("output");
        output.TryGetProperty(member, out _).ShouldBeTrue($"'{member}' in {output.GetRawText()}");
    }

    [Theory, MemberData(nameof(Elsewhere))] // S2-51, S2-57, S2-63, S2-64
    public async Task or_say_what_would_do_it(string action, string agent, string input, string named)
    {
        var error = (await RunAsync(action, agent, input)).GetProperty("error");
        (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()).ShouldBe(("agent.not_configured", false));
        error.GetProperty("message").GetString()!.ShouldContain(named);
        error.GetProperty("message").GetString()!.ShouldContain($"Agents:Declared:{agent}");
    }

    [Theory, MemberData(nameof(ToConfigure))]
    public async Task or_say_what_to_configure(string action, string agent, string named)
    {
        var workflow = await RunAsync(action, agent, """{"text": "x"}""");
        workflow.State().ShouldBe("failed");
        var error = workflow.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("agent.disabled");
        error.GetProperty("retryable").GetBoolean().ShouldBeFalse();
        error.GetProperty("message").GetString()!.ShouldContain(named);
        (await (await client.GetAsync("/api/v1/agents/" + agent)).JsonAsync()).GetProperty("disabled").GetString().ShouldBe(error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task are_the_targets_of_all_shipped_routes()
    {
        var routes = await (await client.GetAsync("/api/v1/routes?limit=200")).JsonAsync();
        var targets = routes.GetProperty("items").EnumerateArray()
            .Where(route => route.GetProperty("declared").GetBoolean())
            .SelectMany(route => route.GetProperty("targetAgents").EnumerateArray().Select(agent => agent.GetString()!))
            .ToList();
        var shown = Working.Select(row => (string)row[1]).Concat(ToConfigure.Select(row => (string)row[1])).ToList();

        // Other tests of this server may have put a route of theirs in the place of a shipped one.
        shown.Distinct().Count().ShouldBe(18 + 5);
        targets.Except(shown).ShouldBeEmpty();
        targets.Distinct().Count().ShouldBeGreaterThan(18);
    }

    private async Task<JsonElement> RunAsync(string action, string agent, string input)
    {
        var plan = $$$"""{"id": "p", "steps": [{"id": "s", "agentId": "{{{agent}}}", "action": "{{{action}}}", "input": {{{input}}}, "retryPolicy": {"maxAttempts": 3}}]}""";
        var started = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(plan))).JsonAsync();
        return await client.EndAsync(started.Id());
    }
}
