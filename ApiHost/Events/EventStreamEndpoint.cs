using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary><c>GET /api/v1/events</c>: what happens in several topics, in one stream (server-sent events, WHATWG HTML §9.2).</summary>
internal static class EventStreamEndpoint
{
    public static void MapEventStream(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", StreamAsync)
            .WithName("streamEvents")
            .WithSummary("Watch several topics in one stream")
            .WithDescription("Server-sent events: `event:` is the event's type, or the name of `types` that it was asked for by; `data:` is the event "
                + "(CloudEvents 1.0, one line of JSON) with `topicname` and `topicnumber`. `id:` is an opaque text that holds the place in every topic: "
                + "sent back as `Last-Event-ID` or `after`, with the same topics, the stream goes on there, without a gap and without a repeat, across "
                + "restarts of anybody. Without it the stream begins with the next event; `after=first` begins with the oldest that is kept. Events of "
                + "one topic come in their order; between topics there is none. A comment every 15 s says that the connection lives. A `reset` event "
                + "says that what comes next in one topic does not join on, because events between have gone, and links to what there is. Whoever takes "
                + "nothing for `Api:StreamStallMax` is cut off, and comes back with the last id.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .Fails("server.busy");

    private static async Task<IResult> StreamAsync(
        HttpContext http,
        TopicFeeds feeds,
        TimeProvider clock,
        StreamCount streams,
        IOptions<ApiOptions> options,
        [FromQuery(Name = "topics")] string? topicsText,
        [FromQuery(Name = "types")] string? typesText,
        [FromQuery(Name = "after")] string? after,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var topics = EventWants.Topics(check, "topics", topicsText, options.Value.StreamTopicsMax);
        var filter = EventWants.Types(check, "types", typesText);
        var position = new EventPosition(topics);
        var (name, text) = string.IsNullOrEmpty(lastEventId) ? ("after", after) : ("Last-Event-ID", lastEventId);
        var from = EventWants.From(check, name, position, topics.Length, text);
        if (check.Problem is { } problem)
        {
            return problem;
        }

        using var seat = streams.TryTake();
        if (seat is null)
        {
            return ApiProblem.Of("server.busy", "As many event streams are open as this server allows.");
        }

        // A stream that is open when the server stops ends here; the reader comes back with the last id it has seen.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var wake = new EventWake();
        var cursors = topics.Select(topic => new EventCursor(feeds.Follow(topic, wake), filter)).ToImmutableArray();
        try
        {
            var stream = new EventStream(cursors, position, wake, clock);
            await stream.StartAsync(from, stop.Token);
            await stream.RunAsync(await EventWriter.BeginAsync(http, clock, stop.Token), tellsPlace: from is null, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            foreach (var cursor in cursors)
            {
                feeds.Leave(cursor.Feed, wake);
            }
        }

        return Results.Empty;
    }
}

/// <summary>What a reader of events asks for, in words.</summary>
internal static class EventWants
{
    /// <summary>The place before the oldest event that is kept.</summary>
    private const string FromFirst = "first";

    /// <summary>The number to go on after in each topic; null for those that come next.</summary>
    public static long[]? From(RequestCheck check, string name, EventPosition position, int topics, string? text)
    {
        if (text is null)
        {
            return null;
        }

        var numbers = new long[topics];
        if (text != FromFirst && check.Count == 0 && !position.TryRead(text, numbers))
        {
            check.Parameter(name, $"'{name}' is the id of an event of a stream with the same topics, or '{FromFirst}', found '{RequestCheck.Shown(text)}'.");
        }

        return numbers;
    }

    /// <summary>The topics, each once, in the order of their names.</summary>
    public static ImmutableArray<TopicName> Topics(RequestCheck check, string name, string? text, int most)
    {
        var topics = ImmutableArray.CreateBuilder<TopicName>();
        foreach (var word in Words(text))
        {
            if (TopicName.TryParse(word, out var topic))
            {
                topics.Add(topic);
            }
            else
            {
                check.Parameter(name, $"A topic's name has 1 to {TopicName.LengthMax} lower-case letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(word)}'.");
            }
        }

        ImmutableArray<TopicName> distinct = [.. topics.Distinct().OrderBy(topic => topic.Value, StringComparer.Ordinal)];
        if (check.Count == 0 && (distinct.IsEmpty || distinct.Length > most))
        {
            check.Parameter(name, $"'{name}' names 1 to {most} topics, parted by commas, found {distinct.Length}.");
        }

        return distinct;
    }

    public static EventFilter Types(RequestCheck check, string name, string? text)
    {
        var types = Words(text);
        if (types.Length > EventFilter.TypesMax)
        {
            check.Parameter(name, $"'{name}' names at most {EventFilter.TypesMax} types, parted by commas, found {types.Length}.");
        }

        if (types.FirstOrDefault(type => type.Length > EventFilter.TypeLengthMax) is { } large)
        {
            check.Parameter(name, $"A type has at most {EventFilter.TypeLengthMax} characters, found '{RequestCheck.Shown(large)}'.");
        }

        return new EventFilter(types);
    }

    private static string[] Words(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
