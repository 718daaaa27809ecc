using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_workflow_is_watched(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task its_events_come_in_order_and_the_stream_ends_with_it()
    {
        var id = await client.StartAsync(Plans.Echo);
        var response = await client.GetAsync($"/api/v1/workflows/{id}/events");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldStartWith("retry: 2000\n\n");

        var events = SseParser.Create(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))).Enumerate().ToArray();
        events.Select(one => one.EventId).ShouldBe(Enumerable.Range(1, events.Length).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        events[0].EventType.ShouldBe("workflow.accepted");
        events[^1].EventType.ShouldBe("workflow.completed");
        foreach (var one in events)
        {
            var data = JsonDocument.Parse(one.Data).RootElement;
            data.GetProperty("number").ToString().ShouldBe(one.EventId);
            data.GetProperty("type").GetString().ShouldBe(one.EventType);
        }
    }

    [Fact]
    public async Task a_reader_that_is_cut_off_again_and_again_misses_nothing_and_sees_nothing_twice()
    {
        const int items = 40;
        var list = string.Join(", ", Enumerable.Range(0, items));
        var id = await client.StartAsync($$$"""{"id": "fan", "mode": "sequential", "steps": [{"id": "go", "signal": "go"}, {"id": "each", "agentId": "echo", "action": "echo", "forEach": {"items": [{{{list}}}], "concurrency": 4}, "input": {"n": "${{ item }}"}}]}""");
        var chance = new Random(7);
        var seen = new List<long>();
        var started = false;
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workflows/{id}/events");
            if (seen.Count > 0)
            {
                request.Headers.TryAddWithoutValidation("Last-Event-ID", seen[^1].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode == HttpStatusCode.NoContent)
            {
                break;
            }

            // Each connection is dropped after a few events, in the middle of whatever comes.
            var left = chance.Next(1, 6);
            await using var stream = await response.Content.ReadAsStreamAsync();
            await foreach (var happened in SseParser.Create(stream).EnumerateAsync())
            {
                seen.Add(long.Parse(happened.EventId!, System.Globalization.CultureInfo.InvariantCulture));
                if (!started && happened.EventType == "step.waiting")
                {
                    started = true;
                    await client.PostJsonAsync($"/api/v1/workflows/{id}/signals/go", "{}");
                }

                if (--left == 0)
                {
                    break;
                }
            }
        }

        seen.Count.ShouldBeGreaterThan(items);
        seen.ShouldBe(Enumerable.Range(1, seen.Count).Select(number => (long)number));
        (await client.EndAsync(id)).GetProperty("version").GetInt64().ShouldBe(seen[^1]);
    }

    [Fact]
    public async Task going_on_after_the_end_ends_the_reconnecting()
    {
        var id = await client.StartAsync(Plans.Echo);
        var version = (await client.EndAsync(id)).GetProperty("version").GetInt64();
        (await client.GetAsync($"/api/v1/workflows/{id}/events?after={version}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var last = await client.GetAsync($"/api/v1/workflows/{id}/events?after={version - 1}", ("Last-Event-ID", "1"));
        SseParser.Create(await last.Content.ReadAsStreamAsync()).Enumerate().Count().ShouldBe(1);
    }

    [Fact]
    public async Task a_number_that_is_not_in_the_history_is_answered_with_a_reset()
    {
        var id = await client.StartAsync(Plans.Echo);
        await client.EndAsync(id);
        var response = await client.GetAsync($"/api/v1/workflows/{id}/events?after=100000");
        var reset = SseParser.Create(await response.Content.ReadAsStreamAsync()).Enumerate().First();
        reset.EventType.ShouldBe("reset");
        JsonDocument.Parse(reset.Data).RootElement.GetProperty("snapshot").GetString().ShouldBe("/api/v1/workflows/" + id);
        await (await client.GetAsync($"/api/v1/workflows/{id}/events?after=x")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
    }
}
