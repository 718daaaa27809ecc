using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Topics;

/// <summary>Something that happened somewhere, as its producer tells it (CloudEvents 1.0). <paramref name="Source"/> and <paramref name="Id"/> together say which event it is.</summary>
/// <param name="Id">Unique among the events of its source; the same again is the same event.</param>
/// <param name="Source">Who tells it: a URI reference.</param>
/// <param name="Type">What kind of thing happened, such as <c>workflow.completed</c>.</param>
/// <param name="Subject">What it happened to, within the source.</param>
/// <param name="Attributes">All other attributes as CloudEvents' canonical text, such as <c>time</c> and <c>traceparent</c>. They are carried and not looked at.</param>
[GenerateSerializer, Immutable, Alias("cloud-event")]
public sealed record CloudEvent(
    [property: Id(0)] string Id,
    [property: Id(1)] string Source,
    [property: Id(2)] string Type,
    [property: Id(3)] string? Subject,
    [property: Id(4)] Payload Data,
    [property: Id(5)] ImmutableSortedDictionary<string, string> Attributes)
{
    /// <summary>The most that <see cref="IdentityBytes"/> may be: together they are a key, and databases take no longer ones.</summary>
    public const int IdentityBytesMax = 2_048;

    /// <summary>Source and id, in UTF-8.</summary>
    [JsonIgnore]
    public int IdentityBytes => Encoding.UTF8.GetByteCount(Source) + Encoding.UTF8.GetByteCount(Id);

    /// <summary>About what it takes up, in memory or in a queue.</summary>
    [JsonIgnore]
    public int Bytes => Data.Length + Id.Length + Source.Length + Type.Length + (Subject?.Length ?? 0) + Attributes.Sum(pair => pair.Key.Length + pair.Value.Length);
}

/// <summary>An event in its place in a topic.</summary>
/// <param name="Number">From 1, without gaps among those that are kept.</param>
/// <param name="At">When it was taken, by the clock of the process that took it; never before the event before it.</param>
[GenerateSerializer, Immutable, Alias("topic-event")]
public sealed record TopicEvent([property: Id(0)] long Number, [property: Id(1)] DateTimeOffset At, [property: Id(2)] CloudEvent Event);

/// <summary>Events of one topic, in order, and where the topic begins and ends.</summary>
/// <param name="First">The oldest number that is kept; <paramref name="Last"/> + 1 when none is.</param>
/// <param name="Last">The newest number there ever was; 0 for a topic that nobody has written to.</param>
[GenerateSerializer, Immutable, Alias("topic-page")]
public sealed record TopicPage([property: Id(0)] ImmutableArray<TopicEvent> Events, [property: Id(1)] long First, [property: Id(2)] long Last)
{
    /// <summary>The page of a topic that nobody has written to.</summary>
    public static TopicPage Empty { get; } = new([], 1, 0);

    /// <summary>Whether a reader that has seen everything up to <paramref name="number"/> cannot be given all that came after it: it has gone, or the number is not of this topic.</summary>
    public bool HasLost(long number) => !(Events is [var next, ..] && next.Number == number + 1) && (number < First - 1 || number > Last);
}

/// <summary>A topic as the list of topics shows it.</summary>
/// <param name="LastAt">When the newest event was taken.</param>
[GenerateSerializer, Immutable, Alias("topic-summary")]
public sealed record TopicSummary(
    [property: Id(0)] TopicName Name, [property: Id(1)] long First, [property: Id(2)] long Last, [property: Id(3)] DateTimeOffset LastAt);

/// <summary>Where an event stands.</summary>
/// <param name="Replayed">It had been taken before, under this number.</param>
[GenerateSerializer, Immutable, Alias("topic-place")]
public readonly record struct TopicPlace([property: Id(0)] long Number, [property: Id(1)] bool Replayed);
