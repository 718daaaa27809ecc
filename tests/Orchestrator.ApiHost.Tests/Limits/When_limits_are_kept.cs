using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Orchestrator.ApiHost.Tests.Limits;

/// <summary>The whole product with a limit in its settings file.</summary>
public sealed class LimitedServer : SiloServer
{
    public override async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "orchestrator.yaml"), """
            limits:
              declared:
                by_tenant:
                  scope: Key
                  keyFrom: "tag:tenant"
                  concurrency: 1
                  onLimit: Queue
                  weights: { acme: 3 }
                shared:
                  requests: { amount: 1000, per: "00:00:01" }
            """);
        await base.InitializeAsync();
    }
}

public sealed class WronglyLimitedServer : SiloServer
{
    public override async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "orchestrator.yaml"), """
            limits:
              declared:
                wrong:
                  keyFrom: moon
                  concurrency: 1
            """);
        await base.InitializeAsync();
    }
}

public sealed class When_limits_are_kept(LimitedServer server) : IClassFixture<LimitedServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task those_of_the_settings_file_are_there()
    {
        var limit = await (await client.GetAsync("/api/v1/limits/by_tenant")).JsonAsync();
        (limit.GetProperty("scope").GetString(), limit.GetProperty("keyFrom").GetString(), limit.GetProperty("concurrency").GetInt32(), limit.GetProperty("declared").GetBoolean())
            .ShouldBe(("key", "tag:tenant", 1, true));
        limit.GetProperty("weights").GetProperty("acme").GetInt32().ShouldBe(3);
        await (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/limits/by_tenant"), ("If-Match", "*"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "limit.declared");
    }

    [Fact]
    public async Task replacing_and_removing_need_the_version_that_was_read()
    {
        const string path = "/api/v1/limits/put_limit";
        const string body = """{"requests": {"amount": 600, "per": "PT1M", "burst": 20}, "concurrency": 8, "onLimit": "wait", "waitMax": 90}""";
        var created = await client.SendJsonAsync(HttpMethod.Put, path, body);
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        created.Headers.Location!.ToString().ShouldBe(path);
        var limit = await created.JsonAsync();
        (limit.GetProperty("requests").GetProperty("perMs").GetInt64(), limit.GetProperty("waitMaxMs").GetInt64(), limit.GetProperty("capacities")[0].GetProperty("requestsLeft").GetInt64())
            .ShouldBe((60_000, 90_000, 20));
        var tag = created.Headers.ETag!.ToString();
        await (await client.SendJsonAsync(HttpMethod.Put, path, body)).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        var replaced = await client.SendJsonAsync(HttpMethod.Put, path, """{"concurrency": 2}""", ("If-Match", tag));
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await client.SendJsonAsync(HttpMethod.Put, path, body, ("If-Match", tag))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        await (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path))).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), ("If-Match", replaced.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "limit.unknown");
    }

    [Fact]
    public async Task what_makes_no_sense_is_refused_all_of_it_at_once()
    {
        var problem = await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/limits/wrong", """{"requests": {"amount": 0}, "onLimit": "degrade", "keyFrom": "moon"}"""))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldBe(["/requests", "/fallbackAgent", "/keyFrom"], ignoreOrder: true);
    }

    [Fact]
    public async Task pages_of_them_hold_each_one_once()
    {
        (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/limits/a_page", """{"concurrency": 1}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        var names = new List<string>();
        for (var next = "/api/v1/limits?limit=1"; next is not null;)
        {
            var page = await (await client.GetAsync(next)).JsonAsync();
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(limit => limit.GetProperty("name").GetString()!));
            next = page.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/limits?limit=1&cursor=" + Uri.EscapeDataString(cursor) : null;
        }

        names.ShouldBeUnique();
        names.ShouldBe(names.Order(StringComparer.Ordinal));
        names.ShouldContain("a_page");
        names.ShouldContain("shared");
    }

    [Fact]
    public async Task a_workflow_waits_behind_its_tenant_s_other_one_and_tells_so_and_another_tenant_does_not_wait()
    {
        var first = await StartAsync("acme", """{"delayMs": 60000}""");
        await UntilAsync($"/api/v1/limits/by_tenant", limit => limit.GetProperty("held").GetInt32() == 1);
        var second = await StartAsync("acme", """{"delayMs": 1}""");
        await UntilAsync($"/api/v1/workflows/{second}/explain", explained => explained.GetProperty("sentence").GetString() == "Step 's' stands at place 1 in the queue of limit 'by_tenant' with the key 'acme'.");
        var other = await StartAsync("other", """{"delayMs": 1}""");
        await UntilAsync($"/api/v1/workflows/{other}", workflow => workflow.GetProperty("state").GetString() == "completed");

        var limit = await (await client.GetAsync("/api/v1/limits/by_tenant")).JsonAsync();
        var acme = limit.GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("key").GetString() == "acme");
        (acme.GetProperty("held").GetInt32(), acme.GetProperty("waiting").GetInt32(), acme.GetProperty("weight").GetInt32()).ShouldBe((1, 1, 3));
        (await client.PostJsonAsync($"/api/v1/workflows/{first}/cancel", "{}")).EnsureSuccessStatusCode();
        await UntilAsync($"/api/v1/workflows/{second}", workflow => workflow.GetProperty("state").GetString() == "completed");
    }

    [Fact]
    public async Task one_in_the_settings_file_that_makes_no_sense_stops_the_start_with_its_place()
    {
        var wrong = new WronglyLimitedServer();
        try
        {
            (await Should.ThrowAsync<OptionsValidationException>(wrong.InitializeAsync)).Message.ShouldContain("orchestrator.yaml:4:7 Limits:Declared:wrong:KeyFrom: keyFrom is workflow, plan, agent, or tag:");
        }
        finally
        {
            await wrong.DisposeAsync();
        }
    }

    private async Task<string> StartAsync(string tenant, string input)
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", $$"""
            {"plan": {"id": "p", "steps": [{"id": "s", "agentId": "slow", "action": "slow", "input": {{input}}, "limits": ["by_tenant", {"name": "shared", "key": "{{tenant}}"}]}]}, "tags": {"tenant": "{{tenant}}"} }
            """);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task UntilAsync(string path, Func<JsonElement, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement seen = default;
        try
        {
            while (true)
            {
                seen = await (await client.GetAsync(path, patience.Token)).JsonAsync();
                if (holds(seen))
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{path} still says {seen}");
        }
    }
}
