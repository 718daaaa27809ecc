using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_runs_of_a_plan_are_analysed(SiloServer server)
{
    [Fact] // S3-42, S3-44, S3-45, S3-48
    public async Task its_finished_workflows_tell_what_takes_time_and_what_could_be_saved()
    {
        // b and c use a, not each other; each takes as long as it is told to.
        var plan = """
            {"id": "ANALYSED", "mode": "sequential", "output": {"score": "${{ input.score }}"}, "steps": [
              {"id": "a", "agentId": "slow", "action": "wait", "input": {"delayMs": 20}},
              {"id": "b", "agentId": "slow", "action": "wait", "input": {"delayMs": 200, "of": "${{ steps.a.status }}"}},
              {"id": "c", "agentId": "slow", "action": "wait", "input": {"delayMs": 150, "of": "${{ steps.a.status }}"}}]}
            """.Replace("ANALYSED", "analysed", StringComparison.Ordinal);
        for (var score = 1; score <= 3; score++)
        {
            var run = await server.Client.PostJsonAsync("/api/v1/workflows", $$"""{"plan": {{plan}}, "input": {"score": {{score}} } }""", ("Prefer", "wait=30"));
            run.StatusCode.ShouldBe(HttpStatusCode.OK, await run.Content.ReadAsStringAsync());
        }

        var analytics = (await (await server.Client.GetAsync("/api/v1/plans/analysed/analytics?outcome=/score")).JsonAsync()).GetProperty("versions");
        analytics.GetArrayLength().ShouldBe(1);
        var version = analytics[0];
        (version.GetProperty("version").ValueKind, version.GetProperty("completed").GetInt32(), version.GetProperty("successRate").GetDouble()).ShouldBe((JsonValueKind.Null, 3, 1));
        version.GetProperty("criticalPath").EnumerateArray().Select(step => step.GetString()).ShouldBe(["a", "b", "c"]);
        version.GetProperty("parallelism").GetDouble().ShouldBeInRange(0.1, 1);
        version.GetProperty("steps")[1].GetProperty("duration").GetProperty("medianMs").GetInt64().ShouldBeGreaterThanOrEqualTo(200);
        var suggestion = version.GetProperty("suggestions").EnumerateArray().ShouldHaveSingleItem();
        suggestion.GetProperty("sentence").GetString()!.ShouldStartWith("Steps b and c do not depend on each other: run them in parallel, saves about ");
        suggestion.GetProperty("savesMs").GetInt64().ShouldBeGreaterThanOrEqualTo(150);
        var outcome = version.GetProperty("outcome");
        (outcome.GetProperty("runs").GetInt32(), outcome.GetProperty("mean").GetDouble()).ShouldBe((3, 2));
        version.GetProperty("runs").EnumerateArray().Select(run => (run.GetProperty("success").GetBoolean(), run.GetProperty("steps").GetInt32(), run.GetProperty("errors").GetInt32())).Distinct().ShouldBe([(true, 3, 0)]);
    }

    [Fact]
    public async Task a_plan_without_workflows_tells_nothing()
    {
        (await (await server.Client.GetAsync("/api/v1/plans/never_run/analytics")).JsonAsync()).GetProperty("versions").GetArrayLength().ShouldBe(0);
        await (await server.Client.GetAsync("/api/v1/plans/never_run/analytics?outcome=score")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }
}
