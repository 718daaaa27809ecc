using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_topics_are_used(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task an_event_is_numbered_and_read_back_as_it_was_sent()
    {
        const string sent = """{"specversion": "1.0", "id": "o-1", "source": "https://shop.example/eu", "type": "com.example.order.placed", "subject": "order 4711", "time": "2026-01-31T11:59:59Z", "datacontenttype": "application/json", "traceparent": "00-1-2-01", "priority": 3, "urgent": true, "data": {"total": 12.50, "text": "naïve 😀"}}""";
        var published = await (await PublishAsync("orders.read-back", sent)).JsonAsync();
        published.GetProperty("lastNumber").GetInt64().ShouldBe(1);
        var place = published.GetProperty("items")[0];
        (place.GetProperty("number").GetInt64(), place.GetProperty("replayed").GetBoolean(), place.GetProperty("id").GetString()).ShouldBe((1, false, "o-1"));

        var page = await (await client.GetAsync("/api/v1/topics/orders.read-back/events")).JsonAsync();

        var kept = page.GetProperty("items")[0];
        kept.GetProperty("number").GetInt64().ShouldBe(1);
        kept.GetProperty("at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        var back = kept.GetProperty("event");
        using var original = JsonDocument.Parse(sent);
        back.EnumerateObject().Select(member => member.Name).ShouldBe(original.RootElement.EnumerateObject().Select(member => member.Name), ignoreOrder: true);
        back.GetProperty("data").GetRawText().ShouldContain("12.50", customMessage: "a number keeps its letters");
        back.GetProperty("data").GetProperty("text").GetString().ShouldBe("naïve 😀");
        back.GetProperty("subject").GetString().ShouldBe("order 4711");

        // Attributes of extensions are carried as CloudEvents' canonical text.
        back.GetProperty("priority").GetString().ShouldBe("3");
        back.GetProperty("urgent").GetString().ShouldBe("true");
    }

    [Fact]
    public async Task a_batch_is_taken_in_order_and_the_same_again_keeps_its_numbers()
    {
        var first = await PublishAsync("batches", $"[{Event("a")}, {Event("b")}]", "application/cloudevents-batch+json");
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();

        var again = await PublishAsync("batches", $"[{Event("b")}, {Event("c")}, {Event("a")}]", "application/cloudevents-batch+json");
        var items = (await again.JsonAsync()).GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("number").GetInt64(), item.GetProperty("replayed").GetBoolean()));
        items.ShouldBe([(2, true), (3, false), (1, true)]);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();

        (await PublishAsync("batches", Event("c"), "application/cloudevents+json")).Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
    }

    [Fact]
    public async Task pages_go_on_after_a_number_and_say_where_the_next_begins()
    {
        await PublishAsync("pages", "[" + string.Join(",", Enumerable.Range(1, 10).Select(number => Event($"p{number}"))) + "]");

        var response = await client.GetAsync("/api/v1/topics/pages/events?after=2&limit=3");
        var page = await response.JsonAsync();
        Numbers(page).ShouldBe([3, 4, 5]);
        (page.GetProperty("firstNumber").GetInt64(), page.GetProperty("lastNumber").GetInt64(), page.GetProperty("reset").GetBoolean()).ShouldBe((1, 10, false));
        response.Headers.GetValues("Link").Single().ShouldBe("</api/v1/topics/pages/events?after=5&limit=3>; rel=\"next\"");
        var last = await client.GetAsync("/api/v1/topics/pages/events?after=9");
        last.Headers.Contains("Link").ShouldBeFalse();
        Numbers(await last.JsonAsync()).ShouldBe([10]);
        (await (await client.GetAsync("/api/v1/topics/pages/events?after=11")).JsonAsync()).GetProperty("reset").GetBoolean().ShouldBeTrue();
        var nobody = await (await client.GetAsync("/api/v1/topics/nobody-wrote/events")).JsonAsync();
        (nobody.GetProperty("firstNumber").GetInt64(), nobody.GetProperty("lastNumber").GetInt64()).ShouldBe((1, 0));
    }

    [Fact]
    public async Task topics_are_listed_by_name_in_pages()
    {
        foreach (var name in (string[])["zz-list.c", "zz-list.a", "zz-list.b"])
        {
            await PublishAsync(name, Event("x"));
        }

        var seen = new List<JsonElement>();
        var next = "/api/v1/topics?limit=2";
        while (next is not null)
        {
            var page = await (await client.GetAsync(next)).JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("nextCursor").GetString() is { } cursor ? "/api/v1/topics?limit=2&cursor=" + cursor : null;
        }

        seen.Select(topic => topic.GetProperty("name").GetString()!).Where(name => name.StartsWith("zz-list", StringComparison.Ordinal)).ShouldBe(["zz-list.a", "zz-list.b", "zz-list.c"]);
        var listed = seen.Single(topic => topic.GetProperty("name").GetString() == "zz-list.b");
        listed.GetProperty("events").GetString().ShouldBe("/api/v1/topics/zz-list.b/events");
        listed.GetProperty("lastNumber").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"id": "x", "source": "/s", "type": "t"}""", "/specversion")]
    [InlineData("""{"specversion": "0.3", "id": "x", "source": "/s", "type": "t"}""", "/specversion")]
    [InlineData("""{"specversion": "1.0", "id": "", "source": "/s", "type": "t"}""", "/id")]
    [InlineData("""{"specversion": "1.0", "id": "x", "type": "t"}""", "/source")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "line\nbreak"}""", "/type")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "reset"}""", "/type")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "time": "yesterday"}""", "/time")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "datacontenttype": "text/plain"}""", "/datacontenttype")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "data_base64": "AA=="}""", "/data_base64")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "My_Name": "x"}""", "/My_Name")]
    [InlineData("""{"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "list": [1]}""", "/list")]
    [InlineData("[]", "")]
    [InlineData("[7]", "/0")]
    [InlineData("\"text\"", "")]
    public async Task an_event_that_is_none_is_refused_with_its_place(string body, string pointer)
    {
        var problem = await (await PublishAsync("refused", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldContain(pointer);
        (await (await client.GetAsync("/api/v1/topics/refused/events")).JsonAsync()).GetProperty("lastNumber").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task one_wrong_event_of_a_batch_refuses_all_and_each_wrong_one_is_named()
    {
        var problem = await (await PublishAsync("all-or-none", $$"""[{{Event("a")}}, {"specversion": "1.0"}, {{Event("b")}}, 5]""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldBe(["/1/id", "/1/source", "/1/type", "/3"]);
        (await (await client.GetAsync("/api/v1/topics/all-or-none/events")).JsonAsync()).GetProperty("lastNumber").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task what_is_too_large_or_misnamed_is_refused()
    {
        await (await PublishAsync("large", Event("x", $"\"{new string('x', 300_000)}\""))).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "topic.event_too_large");
        await (await PublishAsync("long", $$"""{"specversion": "1.0", "id": "x", "source": "/{{new string('é', 1_100)}}", "type": "t"}""")).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "topic.event_too_large");
        await (await PublishAsync("many", "[" + string.Join(",", Enumerable.Range(0, 1_001).Select(number => Event($"{number}"))) + "]")).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "topic.batch");
        await (await PublishAsync("Upper", Event("x"))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.GetAsync("/api/v1/topics/a%20b/events")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await PublishAsync("typed", Event("x"), "text/plain")).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "request.media_type");
    }

    [Fact]
    public async Task a_reader_hears_what_comes_from_now_on_and_where_it_stands()
    {
        await PublishAsync("live", Event("before"));
        using var response = await OpenAsync("live");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var lines = new StreamReader(stream);
        (await lines.ReadLineAsync()).ShouldBe("retry: 2000");
        (await lines.ReadLineAsync()).ShouldBe("");
        (await lines.ReadLineAsync()).ShouldBe("id: 1", "whoever is cut off now comes back to this place");
        (await lines.ReadLineAsync()).ShouldBe("");

        await PublishAsync("live", Event("after", """{"n": 7}"""));

        (await lines.ReadLineAsync()).ShouldBe("id: 2");
        (await lines.ReadLineAsync()).ShouldBe("event: sample");
        var data = JsonDocument.Parse((await lines.ReadLineAsync())!["data: ".Length..]).RootElement;
        data.GetProperty("number").GetInt64().ShouldBe(2);
        data.GetProperty("event").GetProperty("id").GetString().ShouldBe("after");
        data.GetProperty("event").GetProperty("data").GetProperty("n").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task readers_that_are_cut_off_again_and_again_miss_nothing_and_see_nothing_twice()
    {
        const int events = 120;
        var publishing = Task.Run(async () =>
        {
            for (var number = 1; number <= events; number++)
            {
                (await PublishAsync("cut", Event($"c{number}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        });
        var seen = await Task.WhenAll(Enumerable.Range(1, 3).Select(seed => ReadAsync("cut", events, new Random(seed))));

        await publishing;
        seen.ShouldAllBe(numbers => numbers.SequenceEqual(Enumerable.Range(1, events).Select(number => (long)number)));
    }

    [Fact]
    public async Task a_number_that_is_not_of_the_topic_is_answered_with_a_reset()
    {
        await PublishAsync("reset-me", Event("a"));
        using var response = await OpenAsync("reset-me", lastEventId: 50);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await using var events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("reset");
        var data = JsonDocument.Parse(events.Current.Data).RootElement;
        (data.GetProperty("firstNumber").GetInt64(), data.GetProperty("lastNumber").GetInt64()).ShouldBe((1, 1));
        data.GetProperty("snapshot").GetString().ShouldBe("/api/v1/topics/reset-me/events");

        await PublishAsync("reset-me", Event("b"));
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventId.ShouldBe("2");
    }

    private static string Event(string id, string data = "null") =>
        $$"""{"specversion": "1.0", "id": "{{id}}", "source": "/tests", "type": "sample", "data": {{data}}}""";

    private static IEnumerable<long> Numbers(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("number").GetInt64());

    private async Task<List<long>> ReadAsync(string topic, int events, Random chance)
    {
        var seen = new List<long>();
        while (seen.Count < events)
        {
            using var response = await OpenAsync(topic, seen.Count == 0 ? 0 : seen[^1]);
            var left = chance.Next(1, 20);
            await using var stream = await response.Content.ReadAsStreamAsync();
            await foreach (var happened in SseParser.Create(stream).EnumerateAsync())
            {
                seen.Add(long.Parse(happened.EventId!, CultureInfo.InvariantCulture));
                if (--left == 0 || seen.Count == events)
                {
                    break;
                }
            }
        }

        return seen;
    }

    private Task<HttpResponseMessage> OpenAsync(string topic, long? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/topics/{topic}/events");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastEventId is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private Task<HttpResponseMessage> PublishAsync(string topic, string body, string type = "application/json") =>
        client.PostAsync($"/api/v1/topics/{topic}/events", new StringContent(body, Encoding.UTF8, type));
}
