using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>The one who writes to a topic. The key is the topic's name. Readers ask <see cref="ITopicReaderGrain"/>.</summary>
[Alias("topic")]
public interface ITopicGrain : IGrainWithStringKey
{
    /// <summary>Takes events in their order, all of them or none.</summary>
    /// <remarks>
    /// When the task completes without a refusal, the events survive any crash of our processes. Safe to send again: an event whose source and id
    /// are known is answered with the number it has. Cancelling a call stops the wait, not the append.
    /// </remarks>
    [Alias("publish")]
    Task<PublishReply> PublishAsync(ImmutableArray<CloudEvent> events, CancellationToken cancellationToken = default);

    /// <summary>The store holds events up to number <paramref name="last"/>, which somebody else has put there: lets readers on every silo know. An old number changes nothing.</summary>
    [Alias("note"), AlwaysInterleave]
    Task NoteAsync(long last, CancellationToken cancellationToken = default);
}

/// <summary>Reads a topic on whichever silo is asked, each silo from a memory of its own. The key is the topic's name.</summary>
[Alias("topic-reader")]
public interface ITopicReaderGrain : IGrainWithStringKey
{
    /// <summary>Events after number <paramref name="after"/>, at most <paramref name="limit"/> (1 to 1,000), in order, as the store has them now.</summary>
    [Alias("read"), AlwaysInterleave]
    Task<TopicPage> ReadAsync(long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ReadAsync"/>, but when there is nothing yet it waits for the next event, at most <paramref name="patience"/> (10 s) long.</summary>
    /// <remarks>Where events were published on another silo, it may answer later than they were acknowledged, by a second at the most. It never passes one over.</remarks>
    [Alias("watch"), AlwaysInterleave]
    Task<TopicPage> WatchAsync(long after, int limit, TimeSpan patience, CancellationToken cancellationToken = default);
}

/// <summary>Which topics there are, for front ends that have no store of their own. The key is always <see cref="Key"/>.</summary>
[Alias("topic-index")]
public interface ITopicIndexGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>By name, from the one after <paramref name="after"/>.</summary>
    [Alias("list")]
    Task<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Where the events of a publication stand, or why none of them was taken.</summary>
/// <param name="Places">One for each event, in their order.</param>
/// <param name="Last">The newest number of the topic.</param>
[GenerateSerializer, Immutable, Alias("publish-reply")]
public sealed record PublishReply(
    [property: Id(0)] ImmutableArray<TopicPlace> Places, [property: Id(1)] long Last, [property: Id(2)] Refusal? Refusal = null);

/// <summary>What the stream of a topic carries between silos: that there is something to read, never the thing itself.</summary>
/// <param name="Last">The topic's newest number when the hint was sent.</param>
[GenerateSerializer, Immutable, Alias("topic-hint")]
public sealed record TopicHint([property: Id(0)] TopicName Topic, [property: Id(1)] long Last);

/// <summary>Where hints travel: one stream per topic, its key the topic's name.</summary>
public static class TopicStreams
{
    public const string ProviderName = "topics";
    public const string Namespace = "topics";
}
