using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_agents_react(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task a_learner_who_struggles_gets_progressive_hints_from_the_tutor()
    {
        await PutAsync("struggling", """
            {"topic": "agents", "types": ["agent:insight"],
             "when": "input.data.insight.type == 'struggling_detected' && input.data.insight.data.suggestedIntervention == 'progressive_hints'",
             "agent": "tutor-agent", "action": "prepare_intervention", "input": {"concept": "${{ input.data.insight.data.concept }}"}}
            """);

        // The first agent knows nothing of the second: it says what it saw, with its answer.
        await client.StartAsync("""
            {"id": "watching", "steps": [{"id": "watch", "agentId": "echo", "action": "echo", "input": {"$events": [
              {"type": "agent:insight", "data": {"insight": {"type": "struggling_detected", "data": {"concept": "fractions", "difficultyLevel": 3, "suggestedIntervention": "progressive_hints"}}}}]}}]}
            """);

        var reaction = await EndOfReactionAsync("struggling");
        reaction.GetProperty("state").GetString().ShouldBe("completed");
        var step = reaction.GetProperty("steps")[0];
        step.GetProperty("output").GetProperty("hints").GetArrayLength().ShouldBeGreaterThan(0);
        reaction.GetProperty("tags").GetProperty("event-hops").GetString().ShouldBe("1");
        var progress = await (await client.GetAsync("/api/v1/subscriptions/struggling/progress")).JsonAsync();
        progress.GetProperty("started").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task what_agents_notice_is_found_by_agent_learner_and_type()
    {
        for (var number = 1; number <= 3; number++)
        {
            var id = await client.StartAsync($$"""
                {"id": "noticing", "steps": [{"id": "watch", "agentId": "echo", "action": "echo", "input": {"$events": [
                  {"type": "agent:insight", "data": {"insight": {"type": "noticed_{{number % 2}}", "data": {"learnerId": "kim", "number": {{number}} } } } }]} }]}
                """);
            (await client.EndAsync(id)).State().ShouldBe("completed");
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await NumbersAsync("learner=kim")).Length < 3)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        (await NumbersAsync("learner=kim")).ShouldBe([3, 2, 1]);
        (await NumbersAsync("learner=kim&type=noticed_1&agent=echo")).ShouldBe([3, 1]);
        (await NumbersAsync("learner=kim&agent=tutor-agent")).ShouldBeEmpty();
        var first = await (await client.GetAsync("/api/v1/insights?learner=kim&limit=2")).JsonAsync();
        (await NumbersAsync("learner=kim&limit=2&cursor=" + first.GetProperty("nextCursor").GetString())).ShouldBe([1]);
        await (await client.GetAsync("/api/v1/insights?learner=bo&cursor=" + first.GetProperty("nextCursor").GetString())).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");

        async Task<int[]> NumbersAsync(string query) => [.. (await (await client.GetAsync("/api/v1/insights?" + query)).JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(insight => insight.GetProperty("data").GetProperty("number").GetInt32())];
    }

    [Fact]
    public async Task a_critical_failure_of_an_agent_calls_its_fallback()
    {
        await PutAsync("fallback", """
            {"topic": "agents", "types": ["agent:error"], "when": "input.data.error.critical && input.data.agentId == 'flaky'", "agent": "echo", "action": "echo"}
            """);
        await client.StartAsync("""{"id": "soft", "steps": [{"id": "a", "agentId": "flaky", "action": "flaky", "onFailure": "continue", "input": {"failures": 1, "retryable": false}}]}""");
        var hard = await client.StartAsync("""{"id": "hard", "steps": [{"id": "a", "agentId": "flaky", "action": "flaky", "input": {"failures": 1, "retryable": false}}]}""");

        var reaction = await EndOfReactionAsync("fallback");

        var told = reaction.GetProperty("steps")[0].GetProperty("output").GetProperty("data");
        told.GetProperty("jobId").GetString().ShouldBe(hard);
        told.GetProperty("error").GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task a_loop_ends_after_as_many_hops_as_may_be()
    {
        await PutAsync("looping", """{"topic": "workflows", "types": ["workflow.completed"], "when": "input.data.tags.subscription == 'looping' || input.data.tags.loop == 'begin'", "agent": "echo", "action": "echo", "input": {}}""");
        await client.StartAsync("""{"id": "first", "steps": [{"id": "a", "agentId": "echo", "action": "echo"}]}""", "\"tags\": {\"loop\": \"begin\"}");

        await EndOfReactionAsync("looping", hops: "5");

        JsonElement progress;
        do
        {
            progress = await (await client.GetAsync("/api/v1/subscriptions/looping/progress")).JsonAsync();
        }
        while (progress.GetProperty("cut").GetInt64() == 0);

        (progress.GetProperty("started").GetInt64(), progress.GetProperty("cut").GetInt64()).ShouldBe((5, 1));
        progress.GetProperty("lastProblem").GetString()!.ShouldContain("5 subscriptions");
    }

    [Fact]
    public async Task a_subscription_is_kept_listed_replaced_by_its_version_and_forgotten()
    {
        var made = await PutAsync("kept", """{"topic": "anything", "agent": "echo"}""");
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var tag = made.Headers.ETag!.ToString();
        await (await client.PutAsync("/api/v1/subscriptions/kept", Body("""{"topic": "other", "agent": "echo"}"""))).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        var replaced = await SendAsync(HttpMethod.Put, "kept", """{"topic": "other", "plan": "p"}""", tag);
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await SendAsync(HttpMethod.Delete, "kept", null, tag)).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        var listed = await (await client.GetAsync("/api/v1/subscriptions?limit=200")).JsonAsync();
        listed.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == "kept").GetProperty("plan").GetString().ShouldBe("p");

        (await SendAsync(HttpMethod.Delete, "kept", null, "*")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await client.GetAsync("/api/v1/subscriptions/kept")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "subscription.unknown");
        await (await client.GetAsync("/api/v1/subscriptions/kept/progress")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "subscription.unknown");
    }

    [Theory]
    [InlineData("""{"topic": "Upper", "agent": "echo"}""", "/topic")]
    [InlineData("""{"topic": "a"}""", "/agent")]
    [InlineData("""{"topic": "a", "plan": "p", "agent": "echo"}""", "/agent")]
    [InlineData("""{"topic": "a", "plan": "p", "when": "input.("}""", "/when")]
    public async Task what_no_event_could_follow_is_refused_with_its_place(string body, string pointer)
    {
        var problem = await (await client.PutAsync("/api/v1/subscriptions/wrong", Body(body))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldContain(pointer);
    }

    /// <summary>The workflow that a subscription started, when it has ended.</summary>
    private async Task<JsonElement> EndOfReactionAsync(string subscription, string hops = "1")
    {
        using var response = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/api/v1/events?topics=workflows&types=workflow.completed,workflow.failed&after=first"), HttpCompletionOption.ResponseHeadersRead);
        await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var data = JsonDocument.Parse(happened.Data).RootElement.GetProperty("data");
            var tags = data.GetProperty("tags");
            if (tags.TryGetProperty("subscription", out var name) && name.GetString() == subscription && tags.GetProperty("event-hops").GetString() == hops)
            {
                return await (await client.GetAsync("/api/v1/workflows/" + data.GetProperty("workflow").GetString())).JsonAsync();
            }
        }

        throw new InvalidOperationException("The stream ended before the workflow did.");
    }

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private async Task<HttpResponseMessage> PutAsync(string name, string json)
    {
        var response = await client.PutAsync("/api/v1/subscriptions/" + name, Body(json));
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return response;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string name, string? json, string ifMatch)
    {
        var request = new HttpRequestMessage(method, "/api/v1/subscriptions/" + name) { Content = json is null ? null : Body(json) };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return client.SendAsync(request);
    }
}
