using System.Collections.Immutable;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>The newest events of a topic in memory, bounded in number and in bytes: beyond either, the oldest go.</summary>
internal sealed class TopicRing(int eventsMax, long bytesMax)
{
    private readonly Queue<TopicEvent> events = new();
    private long bytes;

    /// <summary>The oldest number the topic kept when it was last read.</summary>
    public long First { get; private set; } = 1;

    /// <summary>Everything up to this number has been seen.</summary>
    public long Last { get; private set; }

    private long Oldest => Last - events.Count + 1;

    /// <summary>Takes what was read after <see cref="Last"/>.</summary>
    public void Add(TopicPage page)
    {
        First = page.First;
        foreach (var next in page.Events)
        {
            if (next.Number != Last + 1)
            {
                // What lay between has gone from the store too.
                Forget();
            }

            events.Enqueue(next);
            bytes += next.Event.Bytes;
            Last = next.Number;
            while (events.Count > eventsMax || (bytes > bytesMax && events.Count > 1))
            {
                bytes -= events.Dequeue().Event.Bytes;
            }
        }
    }

    /// <summary>Goes on from a number, with nothing before it.</summary>
    public void StartAfter(long number)
    {
        Forget();
        Last = number;
    }

    /// <summary>Whether everything after <paramref name="number"/> is here.</summary>
    public bool Reaches(long number) => number >= Oldest - 1 && number <= Last;

    public TopicPage Read(long after, int limit, long pageBytes) =>
        new TopicPage([.. events.Skip((int)(after + 1 - Oldest)).Take(limit)], First, Last).Within(pageBytes);

    private void Forget()
    {
        events.Clear();
        bytes = 0;
    }
}

internal static class TopicPageExtensions
{
    /// <summary>The page cut so that its events take up no more than this; the first always stays.</summary>
    public static TopicPage Within(this TopicPage page, long bytesMax)
    {
        var total = 0L;
        for (var i = 0; i < page.Events.Length; i++)
        {
            total += page.Events[i].Event.Bytes;
            if (total > bytesMax && i > 0)
            {
                return page with { Events = page.Events[..i] };
            }
        }

        return page;
    }
}
