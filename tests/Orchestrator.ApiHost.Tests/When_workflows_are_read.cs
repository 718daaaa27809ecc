using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_workflows_are_read(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task an_unchanged_one_is_answered_304()
    {
        var id = await client.StartAsync(Plans.Signal);
        await client.UntilAsync(id, "step.waiting");
        var first = await client.GetAsync($"/api/v1/workflows/{id}");
        var tag = first.Headers.ETag!.ToString();
        tag.ShouldStartWith("\"");
        var second = await client.GetAsync($"/api/v1/workflows/{id}", ("If-None-Match", tag));
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsStringAsync()).ShouldBeEmpty();
        (await client.GetAsync($"/api/v1/workflows/{id}/graph", ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await client.PostJsonAsync($"/api/v1/workflows/{id}/signals/go", "{}");
        (await client.GetAsync($"/api/v1/workflows/{id}", ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("P1M")]
    [InlineData("-5")]
    public async Task a_wait_that_is_none_is_answered_400(string wait)
    {
        var id = await client.StartAsync(Plans.Echo);
        await (await client.GetAsync($"/api/v1/workflows/{id}?wait={wait}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task waiting_ends_when_the_workflow_does()
    {
        var id = await client.StartAsync(Plans.Signal);
        var waiting = client.GetAsync($"/api/v1/workflows/{id}?wait=PT30S");
        await client.UntilAsync(id, "step.waiting");
        await client.PostJsonAsync($"/api/v1/workflows/{id}/signals/go", "{\"n\": 1}");
        var workflow = await (await waiting).JsonAsync();
        workflow.State().ShouldBe("completed");
        workflow.GetProperty("output").GetProperty("n").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task a_walk_through_the_list_sees_every_row_once_while_others_come()
    {
        var before = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            before.Add(await client.StartAsync(Plans.Signal, "\"tags\": {\"walk\": \"one\"}"));
        }

        var seen = new List<string>();
        var path = "/api/v1/workflows?tag=walk:one&limit=7";
        while (path is not null)
        {
            var response = await client.GetAsync(path);
            var page = await response.JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Id()));
            await client.StartAsync(Plans.Signal, "\"tags\": {\"walk\": \"one\"}");
            var cursor = page.GetProperty("nextCursor").GetString();
            path = cursor is null ? null : $"/api/v1/workflows?tag=walk:one&limit=7&cursor={cursor}";
            (response.Headers.TryGetValues("Link", out var links) ? links.Single() : null)
                .ShouldBe(path is null ? null : $"<{path.Replace("walk:one", "walk%3Aone", StringComparison.Ordinal)}>; rel=\"next\"");
        }

        seen.Count.ShouldBe(seen.Distinct().Count());
        before.Except(seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_cursor_goes_with_its_filters_and_cannot_be_changed()
    {
        for (var i = 0; i < 3; i++)
        {
            await client.StartAsync(Plans.Signal, "\"tags\": {\"walk\": \"two\"}");
        }

        var cursor = (await (await client.GetAsync("/api/v1/workflows?tag=walk:two&limit=1")).JsonAsync()).GetProperty("nextCursor").GetString()!;
        (await client.GetAsync($"/api/v1/workflows?tag=walk:two&limit=1&cursor={cursor}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await client.GetAsync($"/api/v1/workflows?limit=1&cursor={cursor}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");
        await (await client.GetAsync($"/api/v1/workflows?tag=walk:two&status=failed&cursor={cursor}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");
        await (await client.GetAsync($"/api/v1/plans?cursor={cursor}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");
        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            var response = await client.GetAsync($"/api/v1/workflows?tag=walk:two&cursor={new string(changed)}");
            // The last character of Base64 may carry bits that mean nothing: then the cursor is still the same one.
            if (i < cursor.Length - 1)
            {
                await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");
            }
        }
    }

    [Fact]
    public async Task filters_select()
    {
        var done = await client.StartAsync(Plans.Echo, "\"tags\": {\"filter\": \"yes\"}");
        await client.EndAsync(done);
        var waiting = await client.StartAsync(Plans.Signal, "\"tags\": {\"filter\": \"yes\"}");
        await client.UntilAsync(waiting, "step.waiting");
        var failed = await client.StartAsync(Plans.Failing, "\"tags\": {\"filter\": \"yes\"}");
        var failure = (await client.EndAsync(failed)).GetProperty("error").GetProperty("code").GetString();

        (await IdsAsync("tag=filter:yes&status=completed")).ShouldBe([done]);
        (await IdsAsync("tag=filter:yes&status=completed,failed")).ShouldBe([failed, done]);
        (await IdsAsync("tag=filter:yes&waitingFor=signal")).ShouldBe([waiting]);
        (await IdsAsync("tag=filter:yes&failureCode=" + failure)).ShouldBe([failed]);
        (await IdsAsync("tag=filter:yes&plan=greet")).ShouldBe([done]);
        (await IdsAsync("tag=filter:yes&createdBefore=2020-01-01T00:00:00Z")).ShouldBeEmpty();
        (await IdsAsync("tag=filter:yes&createdAfter=2020-01-01T00:00:00Z")).Length.ShouldBe(3);
        (await (await client.GetAsync("/api/v1/workflows?status=completed&count=exact&limit=1")).JsonAsync()).GetProperty("total").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task the_history_is_numbered_without_gaps_and_comes_in_pages()
    {
        var id = await client.StartAsync(Plans.Echo);
        var end = await client.EndAsync(id);
        var numbers = new List<long>();
        var types = new List<string>();
        var path = $"/api/v1/workflows/{id}/history?limit=2";
        while (path is not null)
        {
            var page = await (await client.GetAsync(path)).JsonAsync();
            foreach (var happened in page.GetProperty("items").EnumerateArray())
            {
                numbers.Add(happened.GetProperty("number").GetInt64());
                types.Add(happened.GetProperty("type").GetString()!);
                happened.GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Object);
            }

            path = page.GetProperty("nextCursor").GetString() is { } cursor ? $"/api/v1/workflows/{id}/history?limit=2&cursor={cursor}" : null;
        }

        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => (long)number));
        numbers[^1].ShouldBe(end.GetProperty("version").GetInt64());
        types[0].ShouldBe("workflow.accepted");
        types[^1].ShouldBe("workflow.completed");
        (await (await client.GetAsync($"/api/v1/workflows/{id}/history?after={numbers[^1] - 1}")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task the_graph_tells_declared_edges_from_those_the_order_adds()
    {
        var id = await client.StartAsync(Plans.Middle);
        var graph = await (await client.GetAsync($"/api/v1/workflows/{id}/graph")).JsonAsync();
        graph.GetProperty("nodes").EnumerateArray().Select(node => node.Id()).ShouldBe(["first", "wait", "last"], ignoreOrder: true);
        graph.GetProperty("edges").EnumerateArray()
            .Select(edge => $"{edge.GetProperty("from").GetString()} {edge.GetProperty("kind").GetString()} {edge.GetProperty("to").GetString()}")
            .ShouldBe(["first sequence wait", "wait dependency last"]);
        await client.PostAsync($"/api/v1/workflows/{id}/cancel", null);
    }

    [Fact]
    public async Task explaining_says_what_it_waits_for()
    {
        var id = await client.StartAsync(Plans.Signal);
        await client.UntilAsync(id, "step.waiting");
        var explanation = await (await client.GetAsync($"/api/v1/workflows/{id}/explain")).JsonAsync();
        explanation.GetProperty("sentence").GetString().ShouldNotBeNullOrWhiteSpace();
        explanation.GetProperty("waits")[0].GetProperty("wait").GetProperty("kind").GetString().ShouldBe("signal");
        explanation.GetProperty("actions").EnumerateArray().Select(action => action.GetString()).ShouldContain("cancel");
    }

    private async Task<string[]> IdsAsync(string query)
    {
        var page = await (await client.GetAsync("/api/v1/workflows?" + query)).JsonAsync();
        return [.. page.GetProperty("items").EnumerateArray().Select(item => item.Id())];
    }
}
