using System.Net;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_workflow_is_told_what_to_do(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task cancelling_ends_it_and_cancelling_again_changes_nothing()
    {
        var id = await client.StartAsync(Plans.Signal);
        var first = await (await client.PostJsonAsync($"/api/v1/workflows/{id}/cancel", """{"reason": "enough"}""")).JsonAsync();
        first.State().ShouldBe("cancelled");
        var second = await (await client.PostAsync($"/api/v1/workflows/{id}/cancel", null)).JsonAsync();
        second.GetProperty("version").GetInt64().ShouldBe(first.GetProperty("version").GetInt64());
        (await client.EndAsync(id)).State().ShouldBe("cancelled");
    }

    [Fact]
    public async Task pausing_holds_it_and_resuming_lets_it_go_on()
    {
        var id = await client.StartAsync(Plans.Middle);
        (await (await client.PostAsync($"/api/v1/workflows/{id}/pause", null)).JsonAsync()).State().ShouldBe("paused");
        await client.PostJsonAsync($"/api/v1/workflows/{id}/signals/go", "{}");
        (await (await client.PostAsync($"/api/v1/workflows/{id}/resume", null)).JsonAsync()).State().ShouldNotBe("paused");
        (await client.EndAsync(id)).State().ShouldBe("completed");
    }

    [Fact]
    public async Task a_signal_starts_the_workflow_of_its_id_or_is_told_to_the_one_that_is_there()
    {
        const string id = "cart-of-ada";
        const string Two = """{"id": "cart", "mode": "sequential", "steps": [{"id": "first", "signal": "added"}, {"id": "second", "signal": "added"}]}""";
        var told = await Task.WhenAll(Enumerable.Range(0, 2).Select(async number => await client.PostJsonAsync(
            "/api/v1/workflows", Plans.Start(Two, $$"""  "id": "{{id}}", "signal": {"name": "added", "content": {{number}} } """), ("Idempotency-Key", $"{id}-{number}"), ("Prefer", "wait=30"))));
        told.Select(answer => answer.IsSuccessStatusCode).ShouldBe([true, true]);

        // Whichever came first started it; neither message was lost, and none was taken twice.
        var end = await client.EndAsync(id);
        end.State().ShouldBe("completed");
        end.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("output").GetInt32()).Order().ShouldBe([0, 1]);
        var again = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Two, $$"""  "id": "{{id}}", "signal": {"name": "added", "content": 0} """), ("Idempotency-Key", id + "-0"));
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Two, $$"""  "id": "{{id}}", "signal": {"name": "added"} """))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "workflow.finished");
        await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Two, """ "signal": {"name": "not a name"} """))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task a_finished_one_refuses_and_stays_as_it_is()
    {
        var id = await client.StartAsync(Plans.Echo);
        await client.EndAsync(id);
        foreach (var verb in (string[])["cancel", "pause", "resume", "signals/go"])
        {
            await (await client.PostJsonAsync($"/api/v1/workflows/{id}/{verb}", "{}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "workflow.finished");
        }

        await (await client.PostJsonAsync($"/api/v1/workflows/{id}/retry", "{}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "workflow.not_failed");
    }

    [Fact]
    public async Task one_that_does_not_exist_is_answered_404()
    {
        foreach (var verb in (string[])["cancel", "pause", "resume", "retry", "rerun", "signals/go"])
        {
            await (await client.PostJsonAsync($"/api/v1/workflows/none-such/{verb}", "{}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
        }

        await (await client.PostJsonAsync("/api/v1/workflows/none-such/fork", """{"fromStep": "a"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
        await (await client.PostJsonAsync("/api/v1/workflows/none-such/approvals/a", """{"decision": "approve"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
        foreach (var read in (string[])["", "/history", "/graph", "/explain", "/events", "/approvals"])
        {
            await (await client.GetAsync("/api/v1/workflows/none-such" + read)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
        }
    }

    [Fact]
    public async Task an_approval_is_listed_and_decided_under_the_address_it_gives()
    {
        var id = await client.StartAsync(Plans.Approval);
        await client.UntilAsync(id, "step.waiting");
        var waiting = (await (await client.GetAsync($"/api/v1/workflows/{id}/approvals")).JsonAsync()).GetProperty("items")[0];
        waiting.GetProperty("step").GetString().ShouldBe("unit/read");
        waiting.GetProperty("prompt").GetString().ShouldBe("Is it good?");
        var decide = waiting.GetProperty("decide").GetString()!;

        await (await client.PostJsonAsync(decide, """{"decision": "aprove"}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        (await client.PostJsonAsync(decide, """{"decision": "approve", "by": "Ana"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostJsonAsync(decide, """{"decision": "approve", "by": "Ana"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await client.PostJsonAsync(decide, """{"decision": "reject"}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        await (await client.PostJsonAsync($"/api/v1/workflows/{id}/approvals/nobody", """{"decision": "reject"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "step.not_found");
        (await client.EndAsync(id)).State().ShouldBe("completed");
    }

    [Fact]
    public async Task a_failed_one_is_retried_in_a_new_one_that_takes_over_what_was_done()
    {
        var id = await client.StartAsync(Plans.Failing);
        (await client.EndAsync(id)).State().ShouldBe("failed");
        var response = await client.PostJsonAsync($"/api/v1/workflows/{id}/retry", "{}");
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var next = await client.EndAsync((await response.JsonAsync()).Id());
        next.GetProperty("origin").GetProperty("from").GetString().ShouldBe(id);
        next.GetProperty("origin").GetProperty("kind").GetString().ShouldBe("retry");
        next.GetProperty("steps").EnumerateArray().Single(step => step.Id() == "ok").GetProperty("reused").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task a_fork_does_a_step_again_with_other_input()
    {
        var id = await client.StartAsync(Plans.Echo, "\"input\": {\"name\": \"Ana\"}");
        await client.EndAsync(id);
        await (await client.PostJsonAsync($"/api/v1/workflows/{id}/fork", """{"fromStep": "nobody"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "step.not_found");
        var fork = await (await client.PostJsonAsync($"/api/v1/workflows/{id}/fork", """{"fromStep": "hello", "stepInput": {"text": "edited"}}""")).JsonAsync();
        (await client.EndAsync(fork.Id())).GetProperty("output").GetProperty("text").GetString().ShouldBe("edited");
        (await client.EndAsync(id)).GetProperty("output").GetProperty("text").GetString().ShouldBe("Ana");
    }

    [Fact]
    public async Task a_dead_letter_is_redriven_once()
    {
        var id = await client.StartAsync(Plans.Failing);
        await client.EndAsync(id);
        var letter = await (await client.GetAsync($"/api/v1/deadletters/{id}%3Abad")).JsonAsync();
        letter.GetProperty("workflow").GetString().ShouldBe(id);
        letter.GetProperty("error").GetProperty("code").GetString().ShouldBe("agent.flaky");
        letter.GetProperty("self").GetString().ShouldBe($"/api/v1/deadletters/{id}%3Abad");
        (await (await client.GetAsync("/api/v1/deadletters?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().ShouldContain(one => one.Id() == id + ":bad");

        var first = await client.PostAsync($"/api/v1/deadletters/{id}%3Abad/redrive", null);
        first.StatusCode.ShouldBe(HttpStatusCode.Accepted, await first.Content.ReadAsStringAsync());
        var second = await client.PostAsync($"/api/v1/deadletters/{id}%3Abad/redrive", null);
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostAsync("/api/v1/deadletters/nobody%3Ax/redrive", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "deadletter.not_found");
        await (await client.GetAsync("/api/v1/deadletters/nobody")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "deadletter.not_found");
    }

    [Fact]
    public async Task dead_letters_are_found_by_filter_and_redriven_together_once()
    {
        var begun = TimeProvider.System.GetUtcNow();
        var ids = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            var id = await client.StartAsync(Plans.Failing);
            await client.EndAsync(id);
            ids.Add(id + ":bad");
        }

        var since = begun.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var query = $"/api/v1/deadletters?code=agent.flaky&redriven=false&after={since}&limit=2";
        var page = await (await client.GetAsync(query)).JsonAsync();
        page.GetProperty("items").EnumerateArray().Select(letter => letter.Id()).ShouldBe([ids[2], ids[1]]);
        var rest = await (await client.GetAsync(query + "&cursor=" + page.GetProperty("nextCursor").GetString())).JsonAsync();
        rest.GetProperty("items").EnumerateArray().Select(letter => letter.Id()).ShouldBe([ids[0]]);
        (await (await client.GetAsync($"/api/v1/deadletters?code=agent.other&after={since}")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);

        var body = """{"filter": {"code": "agent.flaky", "after": "SINCE"}, "limit": 2}""".Replace("SINCE", since, StringComparison.Ordinal);
        var first = await (await client.PostJsonAsync("/api/v1/deadletters/redrive", body)).JsonAsync();
        first.GetProperty("redriven").EnumerateArray().Select(one => one.Id()).ShouldBe([ids[2], ids[1]], first.ToString());
        first.GetProperty("more").GetBoolean().ShouldBeTrue();

        // Named, so that dead letters of the workflows just begun do not mingle with them.
        var named = $$"""{"ids": ["{{ids[2]}}", "nobody:x", "{{ids[0]}}"]}""";
        var second = await (await client.PostJsonAsync("/api/v1/deadletters/redrive", named)).JsonAsync();
        second.GetProperty("redriven").EnumerateArray().Select(one => one.Id()).ShouldBe([ids[2], ids[0]]);
        second.GetProperty("redriven")[0].GetProperty("workflow").GetString().ShouldBe(first.GetProperty("redriven")[0].GetProperty("workflow").GetString());
        var failed = second.GetProperty("failed").EnumerateArray().ShouldHaveSingleItem();
        (failed.Id(), failed.GetProperty("code").GetString()).ShouldBe(("nobody:x", "deadletter.not_found"));
    }

    [Theory]
    [InlineData("""{}""", "/ids")]
    [InlineData("""{"ids": [], "limit": 0}""", "/limit")]
    [InlineData("""{"ids": ["a:b"], "filter": {}}""", "/ids")]
    [InlineData("""{"filter": {"after": "yesterday"}}""", "/filter/after")]
    public async Task a_redrive_that_does_not_say_of_what_is_refused(string body, string pointer)
    {
        var refused = await client.PostJsonAsync("/api/v1/deadletters/redrive", body);
        ((int)refused.StatusCode).ShouldBe(400);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(pointer);
    }
}
