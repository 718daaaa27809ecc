using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_schedules_are_kept(SiloServer server)
{
    private const string Plan = """{"id": "tick", "steps": [{"id": "hello", "agentId": "echo", "action": "echo", "input": {"text": "tick"}}]}""";
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task one_is_put_read_replaced_under_its_tag_and_removed()
    {
        const string Path = "/api/v1/schedules/kept-1";
        var put = await PutAsync(Path, """ "cron": "30 6 * * MON-FRI", "timeZone": "Europe/Berlin", "jitter": "PT5M", "catchUp": "one", "tags": {"team": "docs"}""");
        put.StatusCode.ShouldBe(HttpStatusCode.Created, await put.Content.ReadAsStringAsync());
        put.Headers.Location!.ToString().ShouldBe(Path);
        var shown = await put.JsonAsync();
        (shown.GetProperty("overlap").GetString(), shown.GetProperty("catchUp").GetString(), shown.GetProperty("jitterMs").GetInt64()).ShouldBe(("skip", "one", 300_000));
        shown.GetProperty("next").GetArrayLength().ShouldBe(5);
        shown.GetProperty("next")[0].GetDateTimeOffset().Minute.ShouldBe(30);
        shown.GetProperty("counts").GetProperty("due").GetInt64().ShouldBe(0);

        await (await PutAsync(Path, """ "every": "PT1H" """)).ShouldBeProblemAsync((HttpStatusCode)428, "precondition.required");
        await (await PutAsync(Path, """ "every": "PT1H" """, ("If-Match", "\"r9\""))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        var replaced = await PutAsync(Path, """ "every": "PT1H" """, ("If-Match", put.Headers.ETag!.Tag));
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        replaced.Headers.ETag!.Tag.ShouldNotBe(put.Headers.ETag.Tag);
        (await (await client.GetAsync(Path + "?next=2")).JsonAsync()).GetProperty("next").GetArrayLength().ShouldBe(2);
        (await (await client.GetAsync("/api/v1/schedules?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()).ShouldContain("kept-1");

        await (await client.DeleteAsync(Path)).ShouldBeProblemAsync((HttpStatusCode)428, "precondition.required");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Path), ("If-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync(Path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "schedule.not_found");
    }

    [Fact]
    public async Task every_mistake_is_told_by_its_member_at_once()
    {
        var refused = await PutAsync("/api/v1/schedules/kept-2", """ "cron": ["0 25 * * *", "@daily"], "timeZone": "Europe/Berln", "catchUpWindow": "PT0S" """);
        var problem = await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldBe(["/cron/0", "/timeZone", "/catchUpWindow"]);
        await (await PutAsync("/api/v1/schedules/kept-2", """ "every": "PT1H", "overlap": "skipp" """)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/schedules/kept-2", """{"every": "PT1H", "planName": "none-such"}""")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "plan.not_found");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/schedules/kept-2", """{"every": "PT1H", "plan": {"id": "p", "steps": []}}""")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "plan.invalid");
        await (await client.PostJsonAsync("/api/v1/schedules/none-such/pause", "{}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "schedule.not_found");
    }

    [Fact]
    public async Task a_trigger_with_a_key_starts_one_workflow_and_a_pause_shows_its_note()
    {
        const string Path = "/api/v1/schedules/kept-3";
        (await PutAsync(Path, """ "every": "P1D", "overlap": "allow_all" """)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await client.PostJsonAsync(Path + "/pause", """{"note": "holidays"}""")).JsonAsync()).GetProperty("paused").GetBoolean().ShouldBeTrue();
        var first = await TriggerAsync(Path);
        (await TriggerAsync(Path)).ShouldBe(first);
        await BegunAsync(first);
        (await client.EndAsync(first)).State().ShouldBe("completed");

        var shown = await (await client.GetAsync(Path)).JsonAsync();
        (shown.GetProperty("note").GetString(), shown.GetProperty("next").GetArrayLength(), shown.GetProperty("counts").GetProperty("started").GetInt64()).ShouldBe(("holidays", 0, 1));
        (await (await client.PostJsonAsync(Path + "/resume", "{}")).JsonAsync()).GetProperty("paused").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task a_backfill_starts_the_windows_of_the_past_once()
    {
        const string Path = "/api/v1/schedules/kept-4";
        (await PutAsync(Path, """ "every": "P1D", "overlap": "allow_all" """)).StatusCode.ShouldBe(HttpStatusCode.Created);
        const string Days = """{"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-03T00:00:00.000Z"}""";
        (await (await client.PostJsonAsync(Path + "/backfill", Days)).JsonAsync()).GetProperty("windows").GetInt32().ShouldBe(3);
        await BegunAsync("kept-4.20260102T000000Z");
        (await client.EndAsync("kept-4.20260102T000000Z")).GetProperty("tags").GetProperty("window").GetString().ShouldBe("2026-01-02T00:00:00Z");
        (await (await client.PostJsonAsync(Path + "/backfill", Days)).JsonAsync()).GetProperty("windows").GetInt32().ShouldBe(0);
        await (await client.PostJsonAsync(Path + "/backfill", """{"from": "1990-01-01T00:00:00.000Z", "to": "2026-01-03T00:00:00.000Z"}""")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "schedule.too_many_windows");
        await (await client.PostJsonAsync(Path + "/backfill", """{"from": "2026-01-03T00:00:00.000Z", "to": "2026-01-01T00:00:00.000Z"}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task times_are_looked_at_without_keeping_anything()
    {
        var answer = await client.PostJsonAsync("/api/v1/schedules:preview", """{"cron": "30 2 * * *", "timeZone": "Europe/Berlin", "count": 2, "after": "2026-03-28T12:00:00.000Z"}""");
        (await answer.JsonAsync()).GetProperty("next").EnumerateArray().Select(time => time.GetString()).ShouldBe(["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
        await (await client.PostJsonAsync("/api/v1/schedules:preview", """{"cron": "x", "count": 1}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    // What a trigger or a backfill has noted is started right after its answer.
    private async Task BegunAsync(string workflow)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await client.GetAsync("/api/v1/workflows/" + workflow, patience.Token)).StatusCode == HttpStatusCode.NotFound)
        {
        }
    }

    private Task<HttpResponseMessage> PutAsync(string path, string times, params (string Name, string Value)[] headers) =>
        client.SendJsonAsync(HttpMethod.Put, path, "{" + times + ", \"plan\": " + Plan + "}", headers);

    private async Task<string> TriggerAsync(string path)
    {
        var response = await client.PostJsonAsync(path + "/trigger", "{}", ("Idempotency-Key", "\"once\""));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).GetProperty("workflow").GetString()!;
    }
}
