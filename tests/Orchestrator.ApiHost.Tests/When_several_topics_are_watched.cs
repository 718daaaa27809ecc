using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_several_topics_are_watched : SiloServer
{
    [Fact]
    public async Task each_event_comes_once_in_its_topics_order_whoever_is_cut_off_and_restarted()
    {
        const int Events = 60;
        var seen = new List<(string Topic, long Number)>();
        string? place = "first";
        var chance = new Random(7);
        for (var round = 0; seen.Count < 3 * Events; round++)
        {
            // Published while nobody listens, while somebody listens, and across restarts of the whole server.
            if (round < Events)
            {
                foreach (var topic in (string[])["m.a", "m.b", "m.c"])
                {
                    (await PublishAsync(topic, $"e{round}")).StatusCode.ShouldBe(HttpStatusCode.OK);
                }
            }

            if (round is 10 or 30)
            {
                await StopAsync();
                await StartAsync();
            }

            using var response = await OpenAsync("topics=m.c,m.a,m.b", place);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            var left = chance.Next(1, 6);
            await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            {
                var told = JsonDocument.Parse(happened.Data).RootElement;
                told.GetProperty("specversion").GetString().ShouldBe("1.0");
                seen.Add((told.GetProperty("topicname").GetString()!, told.GetProperty("topicnumber").GetInt64()));
                place = happened.EventId;
                if (--left == 0 || seen.Count >= 3 * Math.Min(round + 1, Events))
                {
                    break;
                }
            }
        }

        foreach (var topic in seen.GroupBy(one => one.Topic))
        {
            topic.Select(one => one.Number).ShouldBe(Enumerable.Range(1, Events).Select(number => (long)number));
        }

        seen.Count.ShouldBe(3 * Events);
        place!.Length.ShouldBeLessThan(40);
    }

    [Fact]
    public async Task it_says_where_it_begins_and_what_is_not_asked_for_does_not_come()
    {
        await PublishAsync("types", "before", "chosen");
        using var response = await OpenAsync("topics=types&types=chosen,other", null);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync()).ShouldBe("retry: 2000");
        (await lines.ReadLineAsync()).ShouldBe("");
        var place = (await lines.ReadLineAsync())!;
        place.ShouldStartWith("id: ");
        (await lines.ReadLineAsync()).ShouldBe("");

        await PublishAsync("types", "passed over", "sample");
        await PublishAsync("types", "after", "chosen");

        var next = (await lines.ReadLineAsync())!;
        next.ShouldStartWith("id: ");
        next.ShouldNotBe(place);
        (await lines.ReadLineAsync()).ShouldBe("event: chosen");
        var told = JsonDocument.Parse((await lines.ReadLineAsync())!["data: ".Length..]).RootElement;
        (told.GetProperty("id").GetString(), told.GetProperty("topicnumber").GetInt64()).ShouldBe(("after", 3));

        // The place that was told first still holds everything that came since.
        using var again = await OpenAsync("topics=types", place["id: ".Length..]);
        (await Ids(again, 2)).ShouldBe(["passed over", "after"]);
    }

    [Fact]
    public async Task a_reader_whose_place_is_gone_is_told_so_for_that_topic_and_goes_on_from_there()
    {
        await PublishAsync("kept", "k1");
        await PublishAsync("gone", "g1");
        string place;
        using (var response = await OpenAsync("topics=kept,gone", "first"))
        {
            await using var events = SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
            await events.MoveNextAsync();
            await events.MoveNextAsync();
            place = events.Current.EventId!;
        }

        await StopAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "data"), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "cursor.key"))
        {
            File.Delete(file);
        }

        // As after a restore from before these events: the number the reader has is not of this topic any more.
        await StartAsync();
        await PublishAsync("kept", "other");
        using var after = await OpenAsync("topics=kept,gone", place);
        await using var told = SseParser.Create(await after.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
        (await told.MoveNextAsync()).ShouldBeTrue();
        told.Current.EventType.ShouldBe("reset");
        var reset = JsonDocument.Parse(told.Current.Data).RootElement;
        reset.GetProperty("snapshot").GetString().ShouldBe("/api/v1/topics/gone/events");
        await PublishAsync("gone", "g-new");
        (await told.MoveNextAsync()).ShouldBeTrue();
        JsonDocument.Parse(told.Current.Data).RootElement.GetProperty("id").GetString().ShouldBe("g-new");
    }

    [Fact]
    public async Task a_job_is_told_under_the_names_it_is_asked_for_by()
    {
        using var response = await OpenAsync("topics=workflows&types=queue:completed,queue:failed", null);
        await using var events = SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
        var done = await Client.StartAsync("""{"id": "one", "steps": [{"id": "a", "agentId": "echo", "action": "echo", "input": {"x": 1}}]}""");
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("queue:completed");
        var told = JsonDocument.Parse(events.Current.Data).RootElement;
        told.GetProperty("type").GetString().ShouldBe("queue:completed");
        told.GetProperty("data").GetProperty("jobId").GetString().ShouldBe(done);
        told.GetProperty("data").GetProperty("result").GetProperty("x").GetInt32().ShouldBe(1);

        var failed = await Client.StartAsync("""{"id": "two", "steps": [{"id": "a", "agentId": "flaky", "action": "flaky", "input": {"failures": 1, "retryable": false}}]}""");
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("queue:failed");
        var data = JsonDocument.Parse(events.Current.Data).RootElement.GetProperty("data");
        data.GetProperty("jobId").GetString().ShouldBe(failed);
        data.GetProperty("error").GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("", "topics")]
    [InlineData("topics=Upper", "topics")]
    [InlineData("topics=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "topics")]
    [InlineData("topics=a&after=7", "after")]
    [InlineData("topics=a&after=AQAAAAAB", "after")]
    public async Task what_cannot_be_followed_is_refused_with_its_name(string query, string parameter)
    {
        var problem = await (await Client.GetAsync("/api/v1/events?" + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors")[0].GetProperty("parameter").GetString().ShouldBe(parameter);
    }

    private static async Task<List<string>> Ids(HttpResponseMessage response, int count)
    {
        var ids = new List<string>();
        await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            ids.Add(JsonDocument.Parse(happened.Data).RootElement.GetProperty("id").GetString()!);
            if (ids.Count == count)
            {
                break;
            }
        }

        return ids;
    }

    private Task<HttpResponseMessage> OpenAsync(string query, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events?" + query);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private Task<HttpResponseMessage> PublishAsync(string topic, string id, string type = "sample") => Client.PostAsync(
        $"/api/v1/topics/{topic}/events",
        new StringContent($$"""{"specversion": "1.0", "id": "{{id}}", "source": "/tests", "type": "{{type}}"}""", Encoding.UTF8, "application/json"));
}
