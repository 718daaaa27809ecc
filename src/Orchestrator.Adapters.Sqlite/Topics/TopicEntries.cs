using System.Collections.Immutable;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Adapters.Sqlite.Topics;

/// <summary>Events on their way into a topic, encoded where they came from and not where everybody waits.</summary>
internal sealed class TopicEntries
{
    // A row, its index entry and the bookkeeping of a page.
    private const int RowBytes = 256;

    private readonly ImmutableArray<CloudEvent> events;
    private readonly (string? Attributes, byte[] Data)[] encoded;

    public TopicEntries(ImmutableArray<CloudEvent> events)
    {
        this.events = events;
        encoded = [.. events.Select(given => (TopicTable.Attributes(given), given.Data.Utf8.ToArray()))];
        Bytes = events.Sum(given => given.Bytes + RowBytes);
    }

    public int Bytes { get; }

    public TopicAppendOutcome AppendTo(TopicTable topics, TopicName topic, DateTimeOffset taken, int topicsMax)
    {
        if (topics.Head(topic) is not { } head)
        {
            if (topics.Count() is var count && count >= topicsMax)
            {
                return new TopicAppendOutcome.TooManyTopics(count);
            }

            head = topics.Begin(topic);
        }

        var last = head.Last;
        var at = Math.Max(taken.UtcTicks, head.LastAt);
        var places = ImmutableArray.CreateBuilder<TopicPlace>(events.Length);
        for (var i = 0; i < events.Length; i++)
        {
            var given = events[i];
            if (topics.NumberOf(head.Key, given) is { } known)
            {
                places.Add(new(known, Replayed: true));
                continue;
            }

            topics.Insert(head.Key, ++last, at, given, encoded[i].Attributes, encoded[i].Data);
            places.Add(new(last, Replayed: false));
        }

        if (last > head.Last)
        {
            topics.SetLast(topic, head with { Last = last, LastAt = at });
        }

        return new TopicAppendOutcome.Appended(places.MoveToImmutable(), last);
    }
}
