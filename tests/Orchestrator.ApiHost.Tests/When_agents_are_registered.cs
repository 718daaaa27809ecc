using System.Net;
using System.Net.Sockets;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_agents_are_registered(SiloServer silo)
{
    private const string Ports = """{"name": "NAME", "kind": "http", "capabilities": ["summarize"], "instances": [{"endpoint": "http://127.0.0.1:9/run?a=b", "weight": 2}], "concurrency": 7, "rateLimit": {"perMinute": 100, "burst": 20}, "keywords": ["summary"], "breaker": {"recoveryTimeout": "PT5S"}}""";

    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task the_same_again_is_answered_as_the_first_time_and_another_is_refused()
    {
        var body = Ports.Replace("NAME", "posted", StringComparison.Ordinal);
        var first = await client.PostJsonAsync("/api/v1/agents", body);
        first.StatusCode.ShouldBe(HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        first.Headers.Location!.ToString().ShouldBe("/api/v1/agents/posted");
        var agent = await first.JsonAsync();
        agent.GetProperty("concurrency").GetInt32().ShouldBe(7);
        agent.GetProperty("breaker").GetProperty("recoveryTimeoutMs").GetInt64().ShouldBe(5_000);
        agent.GetProperty("instances")[0].GetProperty("breaker").GetString().ShouldBe("closed");

        var second = await client.PostJsonAsync("/api/v1/agents", body);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostJsonAsync("/api/v1/agents", body.Replace("7", "8", StringComparison.Ordinal))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "agent.exists");
    }

    [Fact]
    public async Task one_that_declares_a_health_check_is_asked_and_tells_of_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/run";
        var body = $$"""
            {"name": "checked", "instances": [{"endpoint": "{{endpoint}}", "drain": true}], "balancing": "weighted",
             "health": {"path": "/health", "every": "PT5S", "timeout": "PT2S", "unhealthyAfter": 3} }
            """;
        var agent = await (await client.PostJsonAsync("/api/v1/agents", body)).JsonAsync();
        agent.GetProperty("balancing").GetString().ShouldBe("scored");
        agent.GetProperty("health").ToString().ShouldBe("""{"path":"/health","everyMs":5000,"unhealthyAfter":3,"healthyAfter":2,"timeoutMs":2000}""");
        agent.GetProperty("instances")[0].GetProperty("healthy").GetBoolean().ShouldBeTrue();
        agent.GetProperty("instances")[0].GetProperty("drain").GetBoolean().ShouldBeTrue();

        using var asked = await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(60));
        using var request = new StreamReader(asked.GetStream());
        (await request.ReadLineAsync()).ShouldBe("GET /health HTTP/1.1");
    }

    [Theory]
    [InlineData("""{"path": "//elsewhere.example"}""", "health.path")]
    [InlineData("""{"path": "/health", "every": "PT1S"}""", "health.every")]
    [InlineData("""{"path": "/health", "every": "30"}""", "/health/every")]
    public async Task a_health_check_that_could_not_be_made_is_refused(string health, string named)
    {
        var refused = await client.PostJsonAsync("/api/v1/agents", """{"name": "wrong", "instances": [{"endpoint": "http://127.0.0.1:9"}], "health": HEALTH}""".Replace("HEALTH", health, StringComparison.Ordinal));
        ((int)refused.StatusCode).ShouldBeInRange(400, 422);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(named);
    }

    [Fact]
    public async Task replacing_and_removing_need_the_version_that_was_read()
    {
        var body = Ports.Replace("NAME", "put", StringComparison.Ordinal);
        (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/agents/put", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var tag = (await client.GetAsync("/api/v1/agents/put")).Headers.ETag!.ToString();
        var changed = body.Replace("\"concurrency\": 7", "\"concurrency\": 9", StringComparison.Ordinal);
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/agents/put", changed)).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        var replaced = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/agents/put", changed, ("If-Match", tag));
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await replaced.JsonAsync()).GetProperty("concurrency").GetInt32().ShouldBe(9);
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/agents/put", body, ("If-Match", tag))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/agents/other", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");

        await (await client.DeleteAsync("/api/v1/agents/put")).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/agents/put"), ("If-Match", replaced.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync("/api/v1/agents/put")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "agent.not_found");
        await (await client.DeleteAsync("/api/v1/agents/put")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "agent.not_found");
    }

    [Fact]
    public async Task what_comes_with_the_product_is_listed_and_cannot_be_removed()
    {
        var page = await (await client.GetAsync("/api/v1/agents?limit=200")).JsonAsync();
        page.GetProperty("items").EnumerateArray().Select(agent => agent.GetProperty("name").GetString()).ShouldContain("echo");
        await (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/agents/echo"), ("If-Match", "*"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "agent.declared");
        var walked = new List<string>();
        for (var path = "/api/v1/agents?limit=3"; path is not null;)
        {
            var part = await (await client.GetAsync(path)).JsonAsync();
            walked.AddRange(part.GetProperty("items").EnumerateArray().Select(agent => agent.GetProperty("name").GetString()!));
            path = part.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/agents?limit=3&cursor=" + cursor : null;
        }

        walked.ShouldBe(walked.Order(StringComparer.Ordinal).Distinct());
    }

    [Fact]
    public async Task everything_that_is_wrong_with_one_is_told_at_once()
    {
        const string body = """{"name": "no spaces", "instances": [{"endpoint": "ftp://x", "weight": 0}], "concurrency": 0, "rateLimit": {"perMinute": 0, "burst": 1}, "breaker": {"recoveryTimeout": "60"}}""";
        var problem = await (await client.PostJsonAsync("/api/v1/agents", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .ShouldBe(["/name", "/instances/0/endpoint", "/instances/0/weight", "/concurrency", "/rateLimit/perMinute", "/breaker/recoveryTimeout"]);
    }

    [Fact]
    public async Task breakers_are_opened_and_closed_by_hand_under_the_address_they_give()
    {
        await client.PostJsonAsync("/api/v1/agents", Ports.Replace("NAME", "broken", StringComparison.Ordinal));
        var breaker = (await (await client.GetAsync("/api/v1/breakers?agent=broken")).JsonAsync()).GetProperty("items")[0];
        breaker.GetProperty("state").GetString().ShouldBe("closed");
        breaker.GetProperty("instance").GetString().ShouldBe("http://127.0.0.1:9/run?a=b");
        var self = breaker.GetProperty("self").GetString()!;

        var tripped = await (await client.PostAsync(self + "/trip", null)).JsonAsync();
        tripped.GetProperty("state").GetString().ShouldBe("open");
        tripped.GetProperty("byHand").GetBoolean().ShouldBeTrue();
        (await (await client.GetAsync(self)).JsonAsync()).GetProperty("state").GetString().ShouldBe("open");
        (await (await client.PostAsync(self + "/reset", null)).JsonAsync()).GetProperty("state").GetString().ShouldBe("closed");
        foreach (var path in (string[])["/api/v1/breakers/broken/none", "/api/v1/breakers/nobody/none"])
        {
            await (await client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "breaker.not_found");
            await (await client.PostAsync(path + "/reset", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "breaker.not_found");
        }
    }

    [Fact]
    public async Task credentials_are_kept_as_references_and_a_call_shows_only_what_was_granted()
    {
        var secret = await client.PostJsonAsync("/api/v1/agents", """{"name": "secretive", "kind": "http", "instances": [{"endpoint": "http://127.0.0.1:1/"}], "credentials": {"kind": "header", "secret": "sk-12345"} }""");
        (await secret.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "agent.invalid")).ToString().ShouldNotContain("sk-12345");

        var registered = await client.PostJsonAsync("/api/v1/agents", """{"name": "secretive", "kind": "http", "instances": [{"endpoint": "http://127.0.0.1:1/"}], "credentials": {"kind": "header", "scheme": "Bearer", "secret": "env:PATH"} }""");
        registered.StatusCode.ShouldBe(HttpStatusCode.Created, await registered.Content.ReadAsStringAsync());
        var agent = await (await client.GetAsync("/api/v1/agents/secretive")).JsonAsync();
        agent.GetProperty("credentials").GetProperty("secret").GetString().ShouldBe("env:PATH");

        var started = await client.PostJsonAsync("/api/v1/workflows", """{"plan": {"id": "p", "steps": [{"id": "s", "agentId": "secretive", "action": "do"}]} }""");
        var id = (await started.JsonAsync()).GetProperty("id").GetString();
        var workflow = await (await client.GetAsync($"/api/v1/workflows/{id}?wait=30")).JsonAsync();
        workflow.GetProperty("error").GetProperty("code").GetString().ShouldBe("agent.rejected");
        workflow.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("Credentials:Allowed");
    }
}
