using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_an_agent_answers_later(SiloServer silo) : IAsyncLifetime
{
    private readonly HttpClient client = silo.Client;
    private LaterAgent agent = null!;
    private string name = "";

    public async Task InitializeAsync()
    {
        agent = await LaterAgent.StartAsync();
        name = $"later-{new Uri(agent.Address).Port}";
        var registered = await client.PostJsonAsync("/api/v1/agents", $$"""{"name": "{{name}}", "kind": "http", "instances": [{"endpoint": "{{agent.Address}}"}]}""");
        registered.StatusCode.ShouldBe(HttpStatusCode.Created, await registered.Content.ReadAsStringAsync());
    }

    public async Task DisposeAsync() => await agent.DisposeAsync();

    [Fact]
    public async Task the_workflow_shows_it_and_its_completion_ends_the_step_once()
    {
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import", "timeout": 600000}""");
        call.Url.ShouldEndWith("/api/v1/completions/" + call.Token);
        call.Context.GetProperty("completion").GetProperty("token").GetString().ShouldBe(call.Token);

        var step = await DeferredAsync(id);
        step.GetProperty("state").GetString().ShouldBe("running");
        step.GetProperty("wait").GetProperty("kind").GetString().ShouldBe("completion");
        var deadline = step.GetProperty("deferral").GetProperty("deadline").GetDateTimeOffset();
        var explained = await (await client.GetAsync($"/api/v1/workflows/{id}/explain")).JsonAsync();
        explained.GetProperty("sentence").GetString()!.ShouldContain($"Agent '{name}' has taken step 'import' on and answers later");

        var beat = await client.PostJsonAsync(call.Url + "/heartbeat", """{"progress": 0.4, "message": "page 12 of 30"}""");
        beat.StatusCode.ShouldBe(HttpStatusCode.OK, await beat.Content.ReadAsStringAsync());
        (await beat.JsonAsync()).GetProperty("deadline").GetDateTimeOffset().ShouldBeGreaterThan(deadline);
        step = await DeferredAsync(id);
        step.GetProperty("deferral").GetProperty("progress").GetDouble().ShouldBe(0.4);
        step.GetProperty("deferral").GetProperty("message").GetString().ShouldBe("page 12 of 30");

        var done = await client.PostJsonAsync(call.Url, """{"output": {"pages": 12, "words": 900}}""");
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
        var answer = await done.Content.ReadAsStringAsync();
        var workflow = await EndedAsync(id);
        workflow.GetProperty("state").GetString().ShouldBe("completed");
        workflow.GetProperty("output").GetProperty("pages").GetInt32().ShouldBe(12);

        var again = await client.PostJsonAsync(call.Url, """{"output": {"words": 900, "pages": 12}}""");
        (again.StatusCode, await again.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, answer));
        await (await client.PostJsonAsync(call.Url, """{"output": {"pages": 13}}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "completion.conflict");
        await (await client.PostJsonAsync(call.Url + "/heartbeat", "{}")).ShouldBeProblemAsync(HttpStatusCode.Gone, "completion.gone");
        var history = await client.GetStringAsync($"/api/v1/workflows/{id}/history?limit=200");
        history.ShouldContain("step.attempt-deferred");
        history.ShouldContain("step.heartbeat-received");
        history.ShouldNotContain(call.Token, customMessage: "who reads the journal cannot complete anything");
    }

    [Fact]
    public async Task what_it_took_of_models_stands_with_the_step_and_the_workflow()
    {
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import", "timeout": 600000}""");
        var refused = await (await client.PostJsonAsync(call.Url, """{"output": 1, "usage": {"tokensIn": -1, "tokensOut": 5, "model": ""}}"""))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        refused.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldBe(["/usage/tokensIn", "/usage/model"]);

        var done = await client.PostJsonAsync(call.Url, """{"output": 1, "usage": {"tokensIn": 900, "tokensOut": 100, "cost": 0.02, "model": "large"}}""");
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
        var workflow = await EndedAsync(id);
        foreach (var usage in new[] { workflow.GetProperty("usage"), workflow.GetProperty("steps")[0].GetProperty("usage") })
        {
            (usage.GetProperty("requests").GetInt32(), usage.GetProperty("tokensIn").GetInt64(), usage.GetProperty("tokensOut").GetInt64(), usage.GetProperty("cost").GetDecimal())
                .ShouldBe((1, 900L, 100L, 0.02m));
        }
    }

    [Fact]
    public async Task no_trace_shows_the_token()
    {
        var paths = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => paths.Enqueue(activity.DisplayName + " " + string.Join(' ', activity.TagObjects)),
        };
        ActivitySource.AddActivityListener(listener);
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import"}""");
        (await client.PostJsonAsync(call.Url + "/heartbeat", "{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostJsonAsync(call.Url, """{"output": 1}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await EndedAsync(id);
        paths.ShouldContain(path => path.Contains("completions", StringComparison.Ordinal), "the requests were traced");
        paths.ShouldAllBe(path => !path.Contains(call.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_error_is_tried_again_with_another_token_and_the_old_one_is_spent()
    {
        var (id, first) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import", "retryPolicy": {"maxAttempts": 2, "initialInterval": 10} }""");
        (await client.PostJsonAsync(first.Url, """{"error": {"code": "scanner.jammed", "message": "Paper jam.", "retryable": true}}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var second = await agent.NextAsync();
        second.Token.ShouldNotBe(first.Token);
        await (await client.PostJsonAsync(first.Url, """{"output": 1}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "completion.conflict");
        (await client.PostJsonAsync(second.Url, """{"error": {"message": "Paper is out.", "retryable": false}}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var workflow = await EndedAsync(id);
        workflow.GetProperty("state").GetString().ShouldBe("failed");
        workflow.GetProperty("error").GetProperty("code").GetString().ShouldBe("agent.error");
    }

    [Fact]
    public async Task without_a_word_it_times_out_and_what_comes_after_is_kept_as_late()
    {
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import", "timeout": 2000}""");
        (await EndedAsync(id)).GetProperty("state").GetString().ShouldBe("timed_out");
        await (await client.PostJsonAsync(call.Url, """{"output": 1}""")).ShouldBeProblemAsync(HttpStatusCode.Gone, "completion.gone");
        await (await client.PostJsonAsync(call.Url, """{"output": 1}""")).ShouldBeProblemAsync(HttpStatusCode.Gone, "completion.gone");
        (await EndedAsync(id)).GetProperty("state").GetString().ShouldBe("timed_out");
        (await client.GetStringAsync($"/api/v1/workflows/{id}/history?limit=200")).Split("step.late-answer-kept").Length.ShouldBe(2);
    }

    [Fact]
    public async Task what_cannot_be_taken_is_refused_and_the_attempt_is_waited_for()
    {
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import"}""");
        await (await client.PostJsonAsync("/api/v1/completions/" + call.Token[..^3] + "AAA", """{"output": 1}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "completion.not_found");
        await (await client.PostJsonAsync("/api/v1/completions/nothing/heartbeat", "{}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "completion.not_found");
        await (await client.PostJsonAsync(call.Url, "{}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.PostJsonAsync(call.Url, """{"output": 1, "error": {"message": "both"}}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.PostJsonAsync(call.Url, """{"error": {"code": "a b", "message": ""}}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.PostJsonAsync(call.Url + "/heartbeat", """{"progress": 1.1}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.PostJsonAsync(call.Url, $$"""{"output": "{{new string('x', 2_097_152)}}"}""")).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "completion.too_large");
        (await client.PostJsonAsync(call.Url, """{"output": null}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await EndedAsync(id)).GetProperty("state").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task a_large_output_is_put_aside_and_the_same_again_is_the_same()
    {
        var (id, call) = await StartAsync("""{"id": "import", "agentId": "NAME", "action": "import"}""");
        var large = $$"""{"output": "{{new string('x', 1_048_577)}}"}""";

        var done = await client.PostJsonAsync(call.Url, large);
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
        (await client.PostJsonAsync(call.Url, large)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await EndedAsync(id)).GetProperty("output").GetProperty("bytes").GetInt64().ShouldBe(1_048_579);
        (await client.GetStringAsync($"/api/v1/workflows/{id}/history?limit=200")).Length.ShouldBeLessThan(20_000);
    }

    private async Task<(string Id, TakenOn Call)> StartAsync(string step)
    {
        var started = await client.PostJsonAsync("/api/v1/workflows", $$"""{"plan": {"id": "later", "steps": [{{step.Replace("NAME", name, StringComparison.Ordinal)}}] } }""");
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        return ((await started.JsonAsync()).GetProperty("id").GetString()!, await agent.NextAsync());
    }

    /// <summary>The step, once its 202 is written down.</summary>
    private async Task<JsonElement> DeferredAsync(string id)
    {
        using var reader = new StreamReader(await client.GetStreamAsync($"/api/v1/workflows/{id}/events"));
        while (await reader.ReadLineAsync() is { } line && !line.Contains("step.attempt-deferred", StringComparison.Ordinal))
        {
        }

        return (await (await client.GetAsync($"/api/v1/workflows/{id}")).JsonAsync()).GetProperty("steps")[0];
    }

    private async Task<JsonElement> EndedAsync(string id)
    {
        var workflow = await (await client.GetAsync($"/api/v1/workflows/{id}?wait=30")).JsonAsync();
        workflow.GetProperty("finishedAt").ValueKind.ShouldNotBe(JsonValueKind.Null, workflow.ToString());
        return workflow;
    }
}
