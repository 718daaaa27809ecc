using System.Collections.Immutable;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Execution.Topics;

/// <summary>The durable, numbered events of all topics.</summary>
/// <remarks>
/// A topic comes to be with its first event and its name is never given back, so a number once given never means another event. Kept events of one
/// topic are numbered without gaps: what goes, goes from the old end. Any number of processes may append to one topic at the same time.
/// </remarks>
public interface ITopicLog
{
    /// <summary>Takes events in their order, all of them or none.</summary>
    /// <remarks>
    /// When the answer is <see cref="TopicAppendOutcome.Appended"/>, the events survive the loss of this process and of its machine's power, and every
    /// read that begins afterwards sees them. An event whose source and id are those of a kept one is not taken again and is answered with the number
    /// it has; so is the second of two in one append. When the task fails, whether they were kept is unknown: send the same append again, it does
    /// no harm. Cancelling is honoured until the append has been queued.
    /// </remarks>
    /// <exception cref="Journals.StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask<TopicAppendOutcome> AppendAsync(TopicAppend append, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> events from the one after <paramref name="after"/>; from the oldest that is kept, when that one has gone.</summary>
    /// <remarks>Events, first and last number are of one moment. <see cref="TopicPage.HasLost"/> tells whether something is missing before the page.</remarks>
    /// <exception cref="Journals.StorageUnavailableException">The store is away.</exception>
    ValueTask<TopicPage> ReadAsync(TopicName topic, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Topics by name, from the one after <paramref name="after"/>.</summary>
    ValueTask<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes from the old end of a topic what <paramref name="kept"/> does not keep, at most <paramref name="limit"/> events, and gives how many went.</summary>
    /// <remarks>Several processes may trim one topic at the same time. The numbers of those that went are never given again.</remarks>
    ValueTask<int> TrimAsync(TopicName topic, TopicKept kept, int limit, CancellationToken cancellationToken);
}

/// <summary>What one append adds to a topic.</summary>
/// <param name="Events">At least one.</param>
/// <param name="TopicsMax">A topic that does not exist yet is not begun when there are so many already.</param>
public sealed record TopicAppend(TopicName Topic, ImmutableArray<CloudEvent> Events, DateTimeOffset At, int TopicsMax = int.MaxValue);

/// <summary>What a topic keeps: the newest events, as long as they are young enough and as many as may be.</summary>
/// <param name="Since">Events taken before this moment go.</param>
/// <param name="CountMax">Older events than the newest so many go.</param>
public sealed record TopicKept(DateTimeOffset Since, long CountMax);

/// <summary>How an append to a topic ended.</summary>
public abstract record TopicAppendOutcome
{
    private TopicAppendOutcome()
    {
    }

    /// <param name="Places">One for each event of the append, in its order.</param>
    /// <param name="Last">The newest number of the topic.</param>
    public sealed record Appended(ImmutableArray<TopicPlace> Places, long Last) : TopicAppendOutcome;

    /// <summary>There is no such topic, and no room for another one. Nothing was taken.</summary>
    public sealed record TooManyTopics(long Topics) : TopicAppendOutcome;
}
