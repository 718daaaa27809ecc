using System.Net;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_request_is_repeated(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task a_thousand_at_once_with_one_key_start_one_workflow()
    {
        var body = Plans.Start(Plans.Signal, "\"tags\": {\"race\": \"thousand\"}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async _ =>
        {
            using var response = await client.PostJsonAsync("/api/v1/workflows", body, ("Idempotency-Key", "\"thousand\""));
            return (response.StatusCode, Text: await response.Content.ReadAsStringAsync(), Replayed: response.Headers.Contains("Idempotency-Replayed"));
        }));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
        answers.Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
        answers.Count(answer => !answer.Replayed).ShouldBe(1);
        (await (await client.GetAsync("/api/v1/workflows?tag=race:thousand")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task the_first_answer_comes_again_however_the_body_is_spelt()
    {
        var first = await client.PostJsonAsync("/api/v1/workflows", """{"priority": 2, "plan": {"id": "gate", "steps": [{"id": "go", "signal": "go"}]}}""", ("Idempotency-Key", "spelling"));
        var second = await client.PostJsonAsync("/api/v1/workflows", """{ "plan":{"steps":[{"signal":"go","id":"go"}],"id":"gate"},"priority":2 }""", ("Idempotency-Key", "\"spelling\""));
        second.StatusCode.ShouldBe(first.StatusCode);
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task one_key_with_another_body_is_answered_422()
    {
        await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Signal), ("Idempotency-Key", "mistaken"));
        await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo), ("Idempotency-Key", "mistaken")))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.key_reused");
    }

    [Fact]
    public async Task an_id_of_the_callers_choice_does_the_same()
    {
        var body = Plans.Start(Plans.Signal, "\"id\": \"my-own-1\"");
        var first = await client.PostJsonAsync("/api/v1/workflows", body);
        var second = await client.PostJsonAsync("/api/v1/workflows", body);
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo, "\"id\": \"my-own-1\""))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "workflow.exists");
    }

    [Fact]
    public async Task one_signal_is_taken_once()
    {
        var id = await client.StartAsync("""{"id": "two", "mode": "sequential", "steps": [{"id": "a", "signal": "go"}, {"id": "b", "signal": "go"}]}""");
        for (var i = 0; i < 3; i++)
        {
            (await client.PostJsonAsync($"/api/v1/workflows/{id}/signals/go", "1", ("Idempotency-Key", "once"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        (await (await client.GetAsync($"/api/v1/workflows/{id}")).JsonAsync()).GetProperty("steps").EnumerateArray().Count(step => step.State() == "completed").ShouldBe(1);
    }

    [Fact]
    public async Task a_rerun_with_one_key_is_one_workflow()
    {
        var id = await client.StartAsync(Plans.Echo);
        await client.EndAsync(id);
        var first = await (await client.PostJsonAsync($"/api/v1/workflows/{id}/rerun", "{}", ("Idempotency-Key", "again"))).JsonAsync();
        var second = await (await client.PostJsonAsync($"/api/v1/workflows/{id}/rerun", "{}", ("Idempotency-Key", "again"))).JsonAsync();
        var third = await (await client.PostJsonAsync($"/api/v1/workflows/{id}/rerun", "{}")).JsonAsync();
        second.Id().ShouldBe(first.Id());
        third.Id().ShouldNotBe(first.Id());
        await (await client.PostJsonAsync($"/api/v1/workflows/{id}/rerun", """{"input": {"name": "other"}}""", ("Idempotency-Key", "again")))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency.key_reused");
    }
}
