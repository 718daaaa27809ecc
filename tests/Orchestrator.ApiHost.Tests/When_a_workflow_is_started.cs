using System.Net;
using System.Text;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_workflow_is_started(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task it_is_accepted_with_the_place_to_look()
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo, "\"input\": {\"name\": \"Ana\"}, \"tags\": {\"team\": \"docs\"}, \"priority\": \"high\""));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var accepted = await response.JsonAsync();
        accepted.State().ShouldBe("queued");
        response.Headers.Location!.ToString().ShouldBe("/api/v1/workflows/" + accepted.Id());
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));

        var workflow = await client.EndAsync(accepted.Id());
        workflow.State().ShouldBe("completed");
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("Ana");
        workflow.GetProperty("progress").GetDouble().ShouldBe(1);
        workflow.GetProperty("priority").GetInt32().ShouldBe(4);
        workflow.GetProperty("tags").GetProperty("team").GetString().ShouldBe("docs");
        workflow.GetProperty("plan").GetProperty("id").GetString().ShouldBe("greet");
        workflow.GetProperty("createdAt").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        var step = workflow.GetProperty("steps")[0];
        step.Id().ShouldBe("hello");
        step.State().ShouldBe("completed");
        step.GetProperty("attempts").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task waiting_for_it_answers_with_its_end()
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo, "\"input\": {\"name\": \"Ben\"}"), ("Prefer", "wait=20"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Preference-Applied").ShouldBe(["wait=20"]);
        response.Headers.Location.ShouldNotBeNull();
        (await response.JsonAsync()).GetProperty("output").GetProperty("text").GetString().ShouldBe("Ben");
    }

    [Fact]
    public async Task waiting_for_one_that_does_not_end_answers_202_after_the_time_asked_for()
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Signal), ("Prefer", "wait=1"));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        response.Headers.GetValues("Preference-Applied").ShouldBe(["wait=1"]);
    }

    [Fact]
    public async Task not_waiting_may_be_asked_for_too()
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo), ("Prefer", "respond-async"));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        response.Headers.GetValues("Preference-Applied").ShouldBe(["respond-async"]);
    }

    [Fact]
    public async Task the_plan_may_be_the_body_in_yaml()
    {
        const string yaml = """
            id: greet
            steps:
              - id: hello
                agentId: echo
                action: echo
                input: {text: from yaml}
            """;
        var response = await client.PostAsync("/api/v1/workflows?id=yaml-1&priority=5&tag=team:docs", new StringContent(yaml, Encoding.UTF8, "application/yaml"));
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var workflow = await client.EndAsync("yaml-1");
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("from yaml");
        workflow.GetProperty("priority").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task an_invalid_plan_is_answered_with_every_problem_and_its_place_in_the_body()
    {
        const string body = """
            {
              "plan": {
                "id": "p",
                "steps": [
                  {"id": "a", "action": "echo", "dependencies": ["b2"]},
                  {"id": "b", "action": "echo", "dependencies": ["b"]}
                ]
              }
            }
            """;
        var problem = await (await client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "plan.invalid");
        var errors = problem.GetProperty("errors").EnumerateArray().ToArray();
        errors.Length.ShouldBe(2);
        var unknown = errors.Single(error => error.GetProperty("code").GetString() == "plan.unknown_dependency");
        unknown.GetProperty("pointer").GetString().ShouldBe("/plan/steps/0/dependencies/0");
        unknown.GetProperty("line").GetInt32().ShouldBe(5);
        unknown.GetProperty("suggestion").GetString().ShouldBe("b");
        errors.ShouldContain(error => error.GetProperty("code").GetString() == "plan.self_dependency" && error.GetProperty("line").GetInt32() == 6);
    }

    [Fact]
    public async Task a_plan_of_the_catalogue_runs_by_its_name()
    {
        (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/by-name", Plans.Echo)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var response = await client.PostJsonAsync("/api/v1/workflows", """{"planName": "by-name", "input": {"name": "Cleo"}}""");
        var workflow = await client.EndAsync((await response.JsonAsync()).Id());
        workflow.GetProperty("planName").GetString().ShouldBe("by-name");
        workflow.GetProperty("planVersion").GetInt32().ShouldBe(1);
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("Cleo");
    }

    [Theory]
    [InlineData("""{"planName": "nobody-defined-it"}""", "plan.not_found")]
    [InlineData("""{"planName": "../etc/passwd"}""", "plan.not_found")]
    [InlineData("""{"template": "nobody-made-it"}""", "template.not_found")]
    public async Task a_plan_that_does_not_exist_is_answered_404(string body, string code) =>
        await (await client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.NotFound, code);

    [Fact]
    public async Task the_trace_of_the_request_is_kept()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var id = await client.StartAsync(Plans.Echo, "", ("traceparent", $"00-{trace}-b7ad6b7169203331-01"));
        (await client.EndAsync(id)).GetProperty("traceParent").GetString()!.ShouldContain(trace);
    }

    [Fact]
    public async Task a_problem_names_the_trace_of_its_request()
    {
        const string trace = "1af7651916cd43dd8448eb211c80319c";
        var problem = await (await client.GetAsync("/api/v1/workflows/none-such", ("traceparent", $"00-{trace}-b7ad6b7169203331-01"))).ShouldBeProblemAsync(HttpStatusCode.NotFound, "workflow.not_found");
        problem.GetProperty("traceId").GetString().ShouldBe(trace);
    }
}
