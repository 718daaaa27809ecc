using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.SiloHosting;

namespace Orchestrator.ApiHost.Tests.Configuration;

/// <summary>A whole host on a file written for the S2 system, with an agent that is a real HTTP service.</summary>
/// <remarks>Not at the same time as another host starts: the framework's range attributes are shared in a process, and are not safe at their first use.</remarks>
[Collection(SiloServer.Collection)]
public sealed class When_a_settings_file_of_s2_is_used : IAsyncLifetime
{
    private readonly string path = Directory.CreateTempSubdirectory("orc-s2-").FullName;
    private readonly List<string> bodies = [];
    private WebApplication agent = null!;
    private DataFolder folder = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        agent = builder.Build();
        agent.MapPost("/ingest", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            return Results.Content("""{"pages": 3}""", "application/json");
        });
        agent.MapPost("/hold", (HttpContext http) => new TaskCompletionSource().Task.WaitAsync(http.RequestAborted));
        await agent.StartAsync();
        folder = DataFolder.TryOpen(Path.Combine(path, "data"), TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
    }

    public async Task DisposeAsync()
    {
        await agent.DisposeAsync();
        folder.Dispose();
        Directory.Delete(path, recursive: true);
    }

    [Fact] // S2-10, S2-13, S2-32…35, S2-37, S2-38
    public async Task its_rules_lead_to_its_endpoints_under_its_limits()
    {
        var address = agent.Urls.Single();
        await using var host = await StartAsync($$"""
            outbound:
              allowLoopback: true
            agent: {name: my_orchestrator, host: 127.0.0.1, port: 8000}
            routing_rules:
              - pattern: upload_pdf
                target_agent: content_ingestion_agent
                endpoint: {{address}}/ingest
                timeout: 120
                priority: 4
            load_balancing: {strategy: least_connections, health_check_interval: 30, max_connections_per_agent: 50}
            error_recovery: {max_retries: 1, retry_delay: 1, backoff_multiplier: 3, circuit_breaker_threshold: 7}
            priority_queue: {max_queue_size: 500}
            rate_limiting: {default_rate: 60, burst_size: 10}
            """);
        var client = host.GetTestClient();
        const string payload = """{"file": "a.pdf",  "user_id": 7}""";
        var response = await client.PostJsonAsync("/orchestrate", $$"""{"pattern": "upload_pdf", "payload": {{payload}} }""", ("Prefer", "wait=30"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var task = await response.JsonAsync();
        (task.GetProperty("status").GetString(), task.GetProperty("agent").GetString(), task.GetProperty("result").GetProperty("pages").GetInt32()).ShouldBe(("completed", "content_ingestion_agent", 3));
        bodies.ShouldBe([payload]);

        var workflow = await client.EndAsync(Guid.Parse(task.GetProperty("task_id").GetString()!).ToString("N"));
        workflow.GetProperty("priority").GetInt32().ShouldBe(4);
        var step = workflow.GetProperty("plan").GetProperty("steps")[0];
        step.GetProperty("timeout").GetInt64().ShouldBe(120_000);
        step.GetProperty("retryPolicy").GetProperty("maxAttempts").GetInt32().ShouldBe(2);

        var declared = await (await client.GetAsync("/api/v1/agents/content_ingestion_agent")).JsonAsync();
        (declared.GetProperty("kind").GetString(), declared.GetProperty("concurrency").GetInt32(), declared.GetProperty("queueMax").GetInt32(), declared.GetProperty("balancing").GetString(), declared.GetProperty("body").GetString())
            .ShouldBe(("http", 50, 500, "least_connections", "input"));
        (declared.GetProperty("rateLimit").GetProperty("perMinute").GetInt32(), declared.GetProperty("rateLimit").GetProperty("burst").GetInt32(), declared.GetProperty("breaker").GetProperty("failureThreshold").GetInt32()).ShouldBe((60, 10, 7));
        (await (await client.GetAsync("/api/v1/stats")).JsonAsync()).GetProperty("name").GetString().ShouldBe("my_orchestrator");

        // The other routes that ship are there too.
        (await client.GetAsync("/api/v1/routes/run_tests")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact] // S2-38
    public async Task with_its_section_of_rates_agents_have_them_and_one_may_have_its_own()
    {
        await using var host = await StartAsync("""
            rate_limiting: {burst_size: 20}
            agents:
              declared:
                own: {endpoints: ["http://127.0.0.1:9/"], perMinute: 600, burst: 60}
            """);
        foreach (var (agent, perMinute, burst) in new[] { ("echo", 100, 20), ("own", 600, 60) })
        {
            var rate = (await (await host.GetTestClient().GetAsync("/api/v1/agents/" + agent)).JsonAsync()).GetProperty("rateLimit");
            (rate.GetProperty("perMinute").GetInt32(), rate.GetProperty("burst").GetInt32()).ShouldBe((perMinute, burst));
        }
    }

    [Fact] // S4-45
    public async Task as_many_requests_in_words_are_answered_at_once_as_it_says()
    {
        await using var host = await StartAsync($$"""
            outbound:
              allowLoopback: true
            max_concurrent_requests: 1
            routing_strategy: simple
            routes:
              rules:
                - name: sloths
                  targetAgent: sloth_agent
                  endpoint: {{agent.Urls.Single()}}/hold
                  keywords: [sloth]
            """);
        var client = host.GetTestClient();
        var first = client.PostJsonAsync("/orchestrate", """{"content": "Ask the sloth."}""");
        var items = default(System.Text.Json.JsonElement);
        while (items.ValueKind == default || items.GetArrayLength() == 0)
        {
            items = (await (await client.GetAsync("/api/v1/workflows?tag=orc.kind:request")).JsonAsync()).GetProperty("items");
        }

        await (await client.PostJsonAsync("/orchestrate", """{"content": "Ask the sloth."}""")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "server.busy");
        await client.PostAsync($"/api/v1/workflows/{items[0].Id()}/cancel", null);
        var answer = await (await first).JsonAsync();
        (answer.GetProperty("success").GetBoolean(), answer.GetProperty("error_type").GetString()).ShouldBe((false, "AgentError"));

        // Whoever was answered makes room.
        (await client.PostJsonAsync("/orchestrate", """{"content": "Nobody is there for this."}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("routing_rules: [{pattern: a b, target_agent: x}]", "Routes:Rules:0: A route's name has")]
    [InlineData("routing_rules: [{pattern: a, target_agent: x, endpoint: 'http://h/1'}, {pattern: b, target_agent: x, endpoint: 'http://h/2'}]", "agent 'x' has one endpoint, found http://h/1 and http://h/2")]
    [InlineData("routing_strategy: clever", "Routing:Strategy")]
    [InlineData("routing_rules: [{pattern: a, target_agent: x, priority: 9}]", "orchestrator.yaml:1:47 Routes:Rules:0:Priority")]
    [InlineData("routing_rules: [{pattern: a, target_agent: x, endpoint: 'ftp://h/1'}]", "Routes:Rules: agent 'x': ")]
    [InlineData("agents: {declared: {far: {endpoints: ['ftp://h/1']}}}", "Agents:Declared:far: ")]
    public async Task what_no_request_could_follow_stops_the_start(string file, string problem) =>
        (await Should.ThrowAsync<Exception>(() => StartAsync(file))).ToString().ShouldContain(problem);

    private async Task<WebApplication> StartAsync(string file)
    {
        await File.WriteAllTextAsync(Path.Combine(path, "orchestrator.yaml"), file + "\n");
        var app = OrchestratorWebApplication.Create(path, [], builder =>
        {
            builder.Logging.ClearProviders();
            builder.WebHost.UseTestServer();
            builder.Services.AddOrchestratorSilo(folder);
        });
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
