using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests.Sessions;

[Collection(SiloServer.Collection)]
public sealed class When_sessions_are_used(SiloServer silo)
{
    private const string Hint = """{"agent": "tutor", "action": "provide_hint", "data": {"activityId": "math-6-ratios-1"}}""";
    private static readonly (string, string) Wait = ("Prefer", "wait=20");

    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task a_message_is_answered_and_stands_in_the_memory()
    {
        var id = await OpenAsync("u-answer");
        var posted = await client.PostJsonAsync($"/api/v1/sessions/{id}/messages", Hint, Wait);
        posted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var message = await posted.JsonAsync();
        message.GetProperty("state").GetString().ShouldBe("answered");
        message.GetProperty("turn").GetProperty("answered").GetProperty("hint").GetString().ShouldBe("What does one pen cost?");

        // It is a workflow like any other: it can be read, and explained.
        var workflow = await (await client.GetAsync("/api/v1/workflows/" + message.GetProperty("workflow").GetString())).JsonAsync();
        workflow.State().ShouldBe("completed");
        workflow.GetProperty("tags").GetProperty("orc.session").GetString().ShouldBe(id);

        var read = await client.GetAsync("/api/v1/sessions/" + id);
        var session = await read.JsonAsync();
        session.GetProperty("turns").GetArrayLength().ShouldBe(1);
        session.GetProperty("agents").GetProperty("tutor").GetString().ShouldBe("tutor-agent-" + id);
        (await client.GetAsync("/api/v1/sessions/" + id, ("If-None-Match", read.Headers.ETag!.Tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task what_is_sent_again_is_done_once()
    {
        const string Open = """{"id": "u-again", "agents": {"tutor": "tutor-agent"}}""";
        (await client.PostJsonAsync("/api/v1/sessions", Open)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var again = await client.PostJsonAsync("/api/v1/sessions", Open);
        (again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()).ShouldBe((HttpStatusCode.Created, "true"));
        await (await client.PostJsonAsync("/api/v1/sessions", """{"id": "u-again", "agents": {"tutor": "echo"}}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "session.exists");

        var first = await (await client.PostJsonAsync("/api/v1/sessions/u-again/messages", Hint, ("Idempotency-Key", "m1"), Wait)).JsonAsync();
        var second = await client.PostJsonAsync("/api/v1/sessions/u-again/messages", Hint, ("Idempotency-Key", "m1"), Wait);
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await second.JsonAsync()).GetProperty("number").GetInt64().ShouldBe(first.GetProperty("number").GetInt64());
        await (await client.PostJsonAsync("/api/v1/sessions/u-again/messages", """{"action": "provide_hint"}""", ("Idempotency-Key", "m1"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "session.message_exists");

        var keyed = await (await client.PostJsonAsync("/api/v1/sessions", """{"agents": {"tutor": "tutor-agent"}}""", ("Idempotency-Key", "s1"))).JsonAsync();
        (await (await client.PostJsonAsync("/api/v1/sessions", """{"agents": {"tutor": "tutor-agent"}}""", ("Idempotency-Key", "s1"))).JsonAsync()).Id().ShouldBe(keyed.Id());
    }

    [Fact]
    public async Task a_message_that_comes_while_another_is_answered_does_as_it_is_told()
    {
        await client.PostJsonAsync("/api/v1/sessions", """{"id": "u-busy", "agents": {"slow": "slow"}}""");
        var slow = await (await client.PostJsonAsync("/api/v1/sessions/u-busy/messages", """{"id": "one", "action": "slow", "data": {"delayMs": 60000}}""")).JsonAsync();
        slow.GetProperty("state").GetString().ShouldBe("running");
        await (await client.PostJsonAsync("/api/v1/sessions/u-busy/messages", """{"action": "slow", "onBusy": "reject"}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "session.busy");
        (await (await client.PostJsonAsync("/api/v1/sessions/u-busy/messages", """{"id": "two", "action": "slow", "data": {"delayMs": 1}}""")).JsonAsync()).GetProperty("state").GetString().ShouldBe("waiting");

        var last = await (await client.PostJsonAsync("/api/v1/sessions/u-busy/messages", """{"id": "three", "action": "slow", "onBusy": "interrupt", "data": {"delayMs": 1}}""", Wait)).JsonAsync();
        last.GetProperty("state").GetString().ShouldBe("answered");
        (await (await client.GetAsync("/api/v1/sessions/u-busy/messages/two", Wait)).JsonAsync()).GetProperty("state").GetString().ShouldBe("answered");
        (await (await client.GetAsync("/api/v1/sessions/u-busy/messages/one")).JsonAsync()).GetProperty("state").GetString().ShouldBe("interrupted");
    }

    [Fact]
    public async Task they_are_listed_page_by_page_closed_and_forgotten()
    {
        foreach (var name in new[] { "u-list-a", "u-list-b", "u-list-c" })
        {
            await OpenAsync(name);
        }

        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await (await client.GetAsync($"/api/v1/sessions?limit=2{(cursor.Length == 0 ? "" : "&cursor=" + cursor)}")).JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Id()));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        seen.ShouldBe(seen.Distinct().Order(StringComparer.Ordinal));
        seen.Where(id => id.StartsWith("u-list-", StringComparison.Ordinal)).ShouldBe(["u-list-a", "u-list-b", "u-list-c"]);

        var closed = await (await client.PostJsonAsync("/api/v1/sessions/u-list-a/close", """{"reason": "over"}""")).JsonAsync();
        (closed.GetProperty("state").GetString(), closed.GetProperty("closedFor").GetString()).ShouldBe(("closed", "over"));
        await (await client.PostJsonAsync("/api/v1/sessions/u-list-a/messages", Hint)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "session.closed");

        (await client.DeleteAsync("/api/v1/sessions/u-list-a")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync("/api/v1/sessions/u-list-a")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "session.not_found");
        await (await client.DeleteAsync("/api/v1/sessions/u-list-a")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "session.not_found");
        await (await client.GetAsync("/api/v1/sessions/u-list-b/messages/nobody")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "session.message_not_found");
        await (await client.PostJsonAsync("/api/v1/sessions/u-list-b/messages", """{"agent": "nobody"}""")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "session.agent_unknown");
    }

    [Theory]
    [InlineData("""{"agents": {}}""", "/agents")]
    [InlineData("""{"agents": {"a": "not a name"}}""", "/agents/a")]
    [InlineData("""{"agents": {"a": "echo"}, "id": "not a name"}""", "/id")]
    [InlineData("""{"agents": {"a": "echo"}, "onBusy": "shout"}""", "/onBusy")]
    [InlineData("""{"agents": {"a": "echo"}, "context": 5}""", "/context")]
    [InlineData("""{"agents": {"a": "echo"}, "user": ""}""", "/user")]
    public async Task what_cannot_be_opened_is_refused_by_name(string body, string pointer)
    {
        var problem = await (await client.PostJsonAsync("/api/v1/sessions", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldContain(pointer);
    }

    private async Task<string> OpenAsync(string id)
    {
        (await client.PostJsonAsync("/api/v1/sessions", $$"""{"agents": {"tutor": "tutor-agent", "learning": "learning-agent"}, "user": "ana", "id": "{{id}}" }""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        return id;
    }
}
