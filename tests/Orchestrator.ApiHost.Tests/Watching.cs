using System.Net;
using System.Text.Json;

namespace Orchestrator.ApiHost.Tests;

/// <summary>Steps many tests take.</summary>
public static class Watching
{
    /// <summary>Starts a workflow and gives its id.</summary>
    public static async Task<string> StartAsync(this HttpClient client, string plan, string rest = "", params (string Name, string Value)[] headers)
    {
        var response = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(plan, rest), headers);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Waits for the workflow's end and gives it as it ended.</summary>
    public static async Task<JsonElement> EndAsync(this HttpClient client, string id)
    {
        var response = await client.GetAsync($"/api/v1/workflows/{id}?wait=30");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var workflow = await response.JsonAsync();
        workflow.State().ShouldBeOneOf("completed", "failed", "cancelled", "timed_out");
        return workflow;
    }

    /// <summary>Reads the event stream until an event of this type has come.</summary>
    public static async Task UntilAsync(this HttpClient client, string id, string type)
    {
        using var stream = await client.GetStreamAsync($"/api/v1/workflows/{id}/events");
        await foreach (var happened in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync())
        {
            if (happened.EventType == type)
            {
                return;
            }
        }

        throw new InvalidOperationException($"Workflow '{id}' ended without '{type}'.");
    }

    public static string State(this JsonElement element) => element.GetProperty("state").GetString()!;

    public static string Id(this JsonElement element) => element.GetProperty("id").GetString()!;
}
