using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Topics;

/// <summary><c>GET /api/v1/topics/{topic}/events</c>: a page of a topic's events, or all that come, as they come.</summary>
internal static class TopicReads
{
    private const int EventsPerPage = 64;

    public static void MapTopicReads(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/topics/{topic}/events", ReadAsync)
            .WithName("readEvents")
            .WithSummary("Read or watch a topic")
            .WithDescription("A page of the events after the number `after`, from the oldest that is kept where there is none. With "
                + "`Accept: text/event-stream` the events as they come (server-sent events): `id:` is the event's number, `event:` its type, `data:` "
                + "one JSON object `{number, at, event}`. The stream goes on after the number in `Last-Event-ID` or `after`; the larger one counts; "
                + "without either it begins with the next event. A comment every 15 s says that the connection lives. A `reset` event says that what "
                + "comes next does not join on to that number, because events between have gone or the number is not of this topic.")
            .Produces<TopicEventsResponse>(StatusCodes.Status200OK, "application/json", "text/event-stream")
            .Fails("server.busy");

    private static async Task<IResult> ReadAsync(
        HttpContext http,
        string topic,
        IGrainFactory grains,
        TimeProvider clock,
        StreamCount streams,
        [FromQuery(Name = "after")] string? afterText,
        [FromQuery(Name = "limit")] string? limitText,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        if (TopicEndpoints.Check(topic, out var name) is { } unnamed)
        {
            return unnamed;
        }

        var check = new RequestCheck();
        var limit = check.Limit(limitText);
        var after = check.Number("after", afterText, least: 0);
        var seen = check.Number("Last-Event-ID", lastEventId, least: 0);
        if (check.Problem is { } problem)
        {
            return problem;
        }

        var reader = grains.TopicReader(name);
        if (!WantsStream(http.Request))
        {
            return await PageAsync(http, reader, after, limit, cancellationToken);
        }

        using var seat = streams.TryTake();
        if (seat is null)
        {
            return ApiProblem.Of("server.busy", "As many event streams are open as this server allows.");
        }

        // A stream that is open when the server stops ends here; the reader comes back with the last id it has seen.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var from = after is null && seen is null ? null : (long?)Math.Max(after ?? 0, seen ?? 0);
        try
        {
            // Asked before the answer begins, so that a store that is away is a problem and not an empty stream.
            var page = await reader.ReadAsync(from ?? long.MaxValue, EventsPerPage, stop.Token);
            var writer = await EventWriter.BeginAsync(http, clock, stop.Token);
            await new TopicStream(writer, reader, name, clock).RunAsync(page, from, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        return Results.Empty;
    }

    private static async Task<IResult> PageAsync(HttpContext http, ITopicReaderGrain reader, long? after, int limit, CancellationToken cancellationToken)
    {
        var page = await reader.ReadAsync(after ?? 0, limit, cancellationToken);
        if (page.Events is [.., var last] && last.Number < page.Last)
        {
            http.Response.Headers.Link = FormattableString.Invariant(
                $"<{http.Request.PathBase}{http.Request.Path.ToUriComponent()}?after={last.Number}&limit={limit}>; rel=\"next\"");
        }

        return Results.Json(
            new TopicEventsResponse([.. page.Events.Select(TopicEventResponse.Of)], page.First, page.Last, after is { } number && page.HasLost(number)),
            ApiJson.Responses);
    }

    private static bool WantsStream(HttpRequest request) => request.GetTypedHeaders().Accept
        .Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    /// <summary>One reader's stream. It pulls: the next page is asked for when the reader has taken the one before, so a slow reader costs one page of memory.</summary>
    private sealed class TopicStream(EventWriter writer, ITopicReaderGrain reader, TopicName topic, TimeProvider clock)
    {
        public async Task RunAsync(TopicPage page, long? from, CancellationToken cancellationToken)
        {
            var after = from ?? page.Last;
            if (from is null)
            {
                // A reader that is cut off before anything came still comes back to this place, and misses nothing.
                await writer.PlaceAsync(after, cancellationToken);
            }

            while (true)
            {
                after = page.HasLost(after) ? await ResetAsync(page, after, cancellationToken) : after;
                after = await WriteAsync(page, after, cancellationToken);
                var patience = await writer.KeepAliveAsync(cancellationToken);
                var seen = after;
                page = await Watch.OnceAsync(
                    given => reader.WatchAsync(seen, EventsPerPage, given, cancellationToken),
                    next => next.Events.IsDefaultOrEmpty && !next.HasLost(seen),
                    patience,
                    clock,
                    cancellationToken);
            }
        }

        private async Task<long> ResetAsync(TopicPage page, long after, CancellationToken cancellationToken)
        {
            await writer.ResetAsync(new TopicResetResponse(TopicLinks.EventsOf(topic), page.First, page.Last), cancellationToken);
            return after > page.Last ? page.Last : page.First - 1;
        }

        private async Task<long> WriteAsync(TopicPage page, long after, CancellationToken cancellationToken)
        {
            foreach (var kept in page.Events.IsDefault ? [] : page.Events)
            {
                if (kept.Number > after)
                {
                    await writer.EventAsync(kept.Number, kept.Event.Type, TopicEventResponse.Of(kept), cancellationToken);
                    after = kept.Number;
                }
            }

            await writer.FlushAsync(cancellationToken);
            return after;
        }
    }
}
