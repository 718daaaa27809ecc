using System.Net;
using System.Text;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_plans_are_kept(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task nobodys_change_is_lost()
    {
        var first = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful", Plans.Echo, ("If-None-Match", "*"));
        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.ETag!.ToString().ShouldBe("\"1\"");
        first.Headers.Location!.ToString().ShouldBe("/api/v1/plans/careful");

        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful", Plans.Signal)).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful", Plans.Signal, ("If-None-Match", "*"))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful", Plans.Signal, ("If-Match", "\"7\""))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "plan.version");
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful-too", Plans.Signal, ("If-Match", "*"))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");

        var second = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/careful", Plans.Signal, ("If-Match", "\"1\""));
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Headers.ETag!.ToString().ShouldBe("\"2\"");
        (await (await client.GetAsync("/api/v1/plans/careful/versions")).JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(version => version.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        (await (await client.GetAsync("/api/v1/plans/careful?version=1")).JsonAsync()).GetProperty("plan").GetProperty("id").GetString().ShouldBe("greet");
        var newest = await client.GetAsync("/api/v1/plans/careful");
        (await newest.JsonAsync()).GetProperty("plan").GetProperty("id").GetString().ShouldBe("gate");
        (await client.GetAsync("/api/v1/plans/careful", ("If-None-Match", newest.Headers.ETag!.ToString()))).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await (await client.DeleteAsync("/api/v1/plans/careful")).ShouldBeProblemAsync(HttpStatusCode.PreconditionRequired, "precondition.required");
        await (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/plans/careful"), ("If-Match", "\"1\""))).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "precondition.failed");
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/v1/plans/careful"), ("If-Match", "\"2\""))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        foreach (var path in (string[])["", "/versions", "?version=1"])
        {
            await (await client.GetAsync("/api/v1/plans/careful" + path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "plan.not_found");
        }
    }

    [Fact]
    public async Task what_is_kept_can_be_sent_again_as_it_came_back()
    {
        await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/round", Plans.Middle);
        var kept = await (await client.GetAsync("/api/v1/plans/round")).JsonAsync();
        var again = await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/round", kept.GetProperty("plan").GetRawText(), ("If-Match", "\"1\""));
        again.Headers.ETag!.ToString().ShouldBe("\"1\"");
    }

    [Fact]
    public async Task a_name_that_cannot_be_one_is_refused() =>
        await (await client.SendJsonAsync(HttpMethod.Put, "/api/v1/plans/no%20spaces", Plans.Echo)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task the_list_goes_by_name_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await client.SendJsonAsync(HttpMethod.Put, $"/api/v1/plans/listed-{i}", Plans.Echo);
        }

        var names = new List<string>();
        var path = "/api/v1/plans?limit=2";
        while (path is not null)
        {
            var page = await (await client.GetAsync(path)).JsonAsync();
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(plan => plan.GetProperty("name").GetString()!));
            path = page.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/plans?limit=2&cursor=" + cursor : null;
        }

        names.ShouldBe(names.Order(StringComparer.Ordinal).Distinct());
        names.Where(name => name.StartsWith("listed-", StringComparison.Ordinal)).Count().ShouldBe(5);
    }

    [Fact]
    public async Task checking_one_tells_everything_and_keeps_nothing()
    {
        (await (await client.PostJsonAsync("/api/v1/plans:validate", Plans.Middle)).JsonAsync()).GetProperty("valid").GetBoolean().ShouldBeTrue();
        const string yaml = "id: p\nsteps:\n  - id: a\n    action: echo\n    dependencies: [aa]\n  - id: a\n    action: echo\n";
        var checkedPlan = await (await client.PostAsync("/api/v1/plans:validate", new StringContent(yaml, Encoding.UTF8, "application/yaml"))).JsonAsync();
        checkedPlan.GetProperty("valid").GetBoolean().ShouldBeFalse();
        var problems = checkedPlan.GetProperty("problems").EnumerateArray().ToArray();
        problems.Select(problem => problem.GetProperty("code").GetString()).ShouldBe(["plan.unknown_dependency", "plan.duplicate_step"], ignoreOrder: true);
        problems.Single(problem => problem.GetProperty("code").GetString() == "plan.duplicate_step").GetProperty("line").GetInt32().ShouldBe(6);
        (await (await client.PostJsonAsync("/api/v1/plans:validate", "{\"steps\": [")).JsonAsync()).GetProperty("problems").GetArrayLength().ShouldBeGreaterThan(0);
        await (await client.PostAsync("/api/v1/plans:validate", new StringContent("id: p"))).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "request.media_type");
    }

    [Fact]
    public async Task a_template_is_listed_read_and_run()
    {
        (await (await client.GetAsync("/api/v1/templates")).JsonAsync()).GetProperty("items").EnumerateArray().Select(template => template.GetProperty("name").GetString()).ShouldContain("course");
        var template = await (await client.GetAsync("/api/v1/templates/course")).JsonAsync();
        template.GetProperty("inputs").EnumerateArray().Single(input => input.GetProperty("name").GetString() == "text").GetProperty("default").GetString().ShouldNotBeNullOrWhiteSpace();
        template.GetProperty("plan").GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(3);
        await (await client.GetAsync("/api/v1/templates/none-such")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "template.not_found");

        var started = await (await client.PostJsonAsync("/api/v1/workflows", """{"template": "course"}""")).JsonAsync();
        var course = await client.EndAsync(started.Id());
        course.State().ShouldBe("completed");
        course.GetProperty("planName").GetString().ShouldBe("course");
    }

    [Fact]
    public async Task a_file_that_a_plan_names_is_not_read_for_a_stranger()
    {
        const string yaml = "id: p\ninputs:\n  text: {default: {file: /etc/passwd}}\nsteps:\n  - {id: a, agentId: echo, action: echo}\n";
        var problems = (await (await client.PostAsync("/api/v1/plans:validate", new StringContent(yaml, Encoding.UTF8, "application/yaml"))).JsonAsync()).GetProperty("problems");
        problems[0].GetProperty("code").GetString().ShouldBe("plan.file_not_allowed");
    }
}
