using System.Collections.Immutable;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Testing.Topics;

/// <summary>Topics in memory, for specs and simulations. It outlives the processes a simulation kills: they share one instance.</summary>
/// <remarks>Starts no thread and waits for nothing but its faults. Every call is atomic.</remarks>
public sealed class InMemoryTopicLog : ITopicLog
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Topic> topics = new(StringComparer.Ordinal);

    /// <summary>Called before an append; throwing here loses it.</summary>
    public Func<TopicAppend, ValueTask>? BeforeAppend { get; set; }

    /// <summary>Called after an append; throwing here loses its answer.</summary>
    public Func<TopicAppend, ValueTask>? AfterAppend { get; set; }

    /// <summary>Called before a read; throwing here fails it.</summary>
    public Func<ValueTask>? BeforeRead { get; set; }

    /// <summary>Reads of events, to see that a crowd of readers costs few of them.</summary>
    public int Reads { get; private set; }

    public async ValueTask<TopicAppendOutcome> AppendAsync(TopicAppend append, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (append.Events.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"An append to topic {append.Topic} holds no events.", nameof(append));
        }

        if (BeforeAppend is { } before)
        {
            await before(append);
        }

        var outcome = Append(append);
        if (AfterAppend is { } after)
        {
            await after(append);
        }

        return outcome;
    }

    public async ValueTask<TopicPage> ReadAsync(TopicName topic, long after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (BeforeRead is { } before)
        {
            await before();
        }

        lock (gate)
        {
            Reads++;
            return topics.TryGetValue(topic.Value, out var found)
                ? new TopicPage([.. found.Events.Where(kept => kept.Number > after).Take(limit)], found.First, found.Last)
                : TopicPage.Empty;
        }
    }

    public ValueTask<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new([.. topics
                .Where(topic => string.CompareOrdinal(topic.Key, after?.Value ?? "") > 0)
                .Take(limit)
                .Select(topic => new TopicSummary(new TopicName(topic.Key), topic.Value.First, topic.Value.Last, topic.Value.LastAt))]);
        }
    }

    public ValueTask<int> TrimAsync(TopicName topic, TopicKept kept, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var gone = 0;
            while (topics.TryGetValue(topic.Value, out var found) && gone < limit && found.Events is [var oldest, ..]
                && (oldest.At < kept.Since || found.Events.Count > kept.CountMax))
            {
                found.Events.RemoveAt(0);
                gone++;
            }

            return new(gone);
        }
    }

    private TopicAppendOutcome Append(TopicAppend append)
    {
        lock (gate)
        {
            if (!topics.TryGetValue(append.Topic.Value, out var topic))
            {
                if (topics.Count >= append.TopicsMax)
                {
                    return new TopicAppendOutcome.TooManyTopics(topics.Count);
                }

                topics.Add(append.Topic.Value, topic = new());
            }

            var at = append.At > topic.LastAt ? append.At : topic.LastAt;
            var places = ImmutableArray.CreateBuilder<TopicPlace>();
            foreach (var given in append.Events)
            {
                if (topic.Events.Find(kept => kept.Event.Source == given.Source && kept.Event.Id == given.Id) is { } known)
                {
                    places.Add(new(known.Number, Replayed: true));
                    continue;
                }

                topic.Events.Add(new TopicEvent(++topic.Last, at, given));
                topic.LastAt = at;
                places.Add(new(topic.Last, Replayed: false));
            }

            return new TopicAppendOutcome.Appended(places.ToImmutable(), topic.Last);
        }
    }

    private sealed class Topic
    {
        public List<TopicEvent> Events { get; } = [];

        public long Last { get; set; }

        public DateTimeOffset LastAt { get; set; }

        public long First => Events is [var oldest, ..] ? oldest.Number : Last + 1;
    }
}
