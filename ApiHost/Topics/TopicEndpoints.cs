using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Topics;

/// <summary>What happened, told to whoever wants to know: named topics of durable, numbered events.</summary>
internal static class TopicEndpoints
{
    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/topics", ListAsync)
            .WithName("listTopics")
            .WithSummary("List topics by name")
            .Produces<Page<TopicResponse>>()
            .Fails("cursor.invalid");

        routes.MapPost("/topics/{topic}/events", PublishAsync)
            .WithName("publishEvents")
            .WithSummary("Publish events")
            .WithDescription("CloudEvents 1.0 in JSON: one event (structured mode) or an array (batch mode), all of them or none. The topic begins with "
                + "its first event. After the 200 they survive any crash of ours. `source` and `id` together are the event: sent again, it is answered "
                + "with the number it has (`replayed`), for as long as it is kept. Data is JSON; `data_base64` is not taken.")
            .Accepts<JsonElement>("application/json", "application/cloudevents+json", "application/cloudevents-batch+json")
            .Example("""{"specversion": "1.0", "id": "7f3a-1", "source": "/shop", "type": "com.example.order.placed", "subject": "order 4711", "time": "2026-01-31T12:00:00Z", "data": {"total": 12.5}}""")
            .Produces<PublishedResponse>()
            .Fails("topic.too_many", "topic.batch", "topic.event_too_large", "topic.busy", "storage.full");

        routes.MapTopicReads();
    }

    /// <summary>The topic's name, or why it is none.</summary>
    public static ApiProblem? Check(string text, out TopicName topic)
    {
        if (TopicName.TryParse(text, out topic))
        {
            return null;
        }

        var check = new RequestCheck();
        check.Parameter("topic", $"A topic's name has 1 to {TopicName.LengthMax} lower-case letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(text)}'.");
        return check.Problem;
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync(
            "topics",
            "topics",
            (after, count) => grains.TopicIndex().ListAsync(after is null ? null : new TopicName(after), count, cancellationToken),
            topic => topic.Name.Value,
            TopicResponse.Of);

    private static async Task<IResult> PublishAsync(
        HttpContext http, string topic, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Check(topic, out var name) is { } unnamed)
        {
            return unnamed;
        }

        var (document, unread) = await body.DocumentAsync(http.Request, cancellationToken);
        if (unread is not null)
        {
            return unread;
        }

        using (document)
        {
            var (events, wrong) = CloudEventText.Read(document!.RootElement);
            if (wrong is not null)
            {
                return wrong;
            }

            var reply = await grains.Topic(name).PublishAsync(events, cancellationToken);
            if (reply.Refusal is { } refusal)
            {
                return ApiProblem.From(refusal);
            }

            if (reply.Places.All(place => place.Replayed))
            {
                http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            }

            return Results.Json(PublishedResponse.Of(events, reply), ApiJson.Responses);
        }
    }
}
