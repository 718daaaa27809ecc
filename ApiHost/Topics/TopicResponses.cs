using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Orchestrator.Grains.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Topics;

/// <summary>A topic.</summary>
/// <param name="FirstNumber">The oldest event that is kept; one more than <paramref name="LastNumber"/> when none is.</param>
/// <param name="LastNumber">The newest event there ever was.</param>
internal sealed record TopicResponse(string Name, long FirstNumber, long LastNumber, DateTimeOffset LastAt, string Events)
{
    public static TopicResponse Of(TopicSummary topic) => new(topic.Name.Value, topic.First, topic.Last, topic.LastAt, TopicLinks.EventsOf(topic.Name));
}

/// <summary>Where the published events stand, in the order in which they were sent.</summary>
internal sealed record PublishedResponse(IReadOnlyList<PublishedEventResponse> Items, long LastNumber)
{
    public static PublishedResponse Of(ImmutableArray<CloudEvent> events, PublishReply reply) => new(
        [.. events.Zip(reply.Places, (given, place) => new PublishedEventResponse(place.Number, place.Replayed, given.Source, given.Id))], reply.Last);
}

/// <param name="Replayed">It had been published before, and has this number since.</param>
internal sealed record PublishedEventResponse(long Number, bool Replayed, string Source, string Id);

/// <summary>Events of a topic.</summary>
/// <param name="FirstNumber">The oldest event that is kept.</param>
/// <param name="LastNumber">The newest event there ever was.</param>
/// <param name="Reset">Events between the number asked for and these have gone, or the number is not of this topic.</param>
internal sealed record TopicEventsResponse(IReadOnlyList<TopicEventResponse> Items, long FirstNumber, long LastNumber, bool Reset);

/// <summary>An event in its place.</summary>
/// <param name="Number">From 1, without gaps among those that are kept; the <c>id:</c> of the event stream.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Event">The event as its producer sent it (CloudEvents 1.0).</param>
internal sealed record TopicEventResponse(long Number, DateTimeOffset At, JsonObject Event)
{
    public static TopicEventResponse Of(TopicEvent kept) => new(kept.Number, kept.At, CloudEventText.Write(kept.Event));
}

/// <summary>What a reader is told whose place is not in the topic any more.</summary>
internal sealed record TopicResetResponse(string Snapshot, long FirstNumber, long LastNumber);

internal static class TopicLinks
{
    public static string EventsOf(TopicName topic) => $"/api/v1/topics/{topic.Value}/events";
}
