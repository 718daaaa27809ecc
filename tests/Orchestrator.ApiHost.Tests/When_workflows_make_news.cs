using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_workflows_make_news(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task the_topic_workflows_hears_that_it_began_waits_for_a_person_and_ended()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/topics/workflows/events");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var id = await client.StartAsync("""{"id": "ask", "steps": [{"id": "sure", "approval": {"prompt": "Sure?"}}, {"id": "go", "agentId": "echo", "action": "echo", "dependencies": ["sure"]}]}""", "\"tags\": {\"team\": \"docs\"}");

        var news = new List<JsonElement>();
        await foreach (var happened in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var told = JsonDocument.Parse(happened.Data).RootElement.GetProperty("event");
            if (told.GetProperty("subject").GetString() != id)
            {
                continue;
            }

            told.GetProperty("type").GetString().ShouldBe(happened.EventType);
            news.Add(told);
            if (happened.EventType == "workflow.approval-requested")
            {
                (await client.PostJsonAsync($"/api/v1/workflows/{id}/approvals/sure", """{"decision": "approve"}""")).IsSuccessStatusCode.ShouldBeTrue();
            }
            else if (happened.EventType == "workflow.completed")
            {
                break;
            }
        }

        news.Select(one => one.GetProperty("type").GetString()).ShouldBe(["workflow.accepted", "workflow.approval-requested", "workflow.completed"]);
        news.ShouldAllBe(one => one.GetProperty("source").GetString() == $"/api/v1/workflows/{id}");
        news.Select(one => (one.GetProperty("source").GetString(), one.GetProperty("id").GetString())).Distinct().Count().ShouldBe(3);
        var data = news[1].GetProperty("data");
        data.GetProperty("workflow").GetString().ShouldBe(id);
        data.GetProperty("plan").GetString().ShouldBe("ask");
        data.GetProperty("step").GetString().ShouldBe("sure");
        data.GetProperty("tags").GetProperty("team").GetString().ShouldBe("docs");
    }
}
