using Orchestrator.ApiHost.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>What a reader is given next.</summary>
/// <param name="Cursor">Whose it is; its place is already after this.</param>
/// <param name="Frame">The event; null where the reader has lost its place.</param>
/// <param name="Name">The name by which the event was asked for.</param>
internal readonly record struct Delivery(EventCursor Cursor, long Number, EventFrame? Frame, string Name, TopicResetResponse? Reset);

/// <summary>Where one reader stands in one topic.</summary>
internal sealed class EventCursor(TopicFeed feed, EventFilter filter)
{
    private const int EventsPerRead = 64;

    private readonly List<EventFrame> found = [];

    public TopicFeed Feed => feed;

    /// <summary>Everything up to this number has been given, or was not wanted.</summary>
    public long Number { get; private set; }

    /// <summary>Begins at a number, or with the next event where there is none. Asks the store, so that one who has lost the place hears of it at once.</summary>
    public async Task StartAsync(long? after, ICollection<Delivery> deliveries, CancellationToken cancellationToken)
    {
        var page = await feed.Reader.ReadAsync(after ?? long.MaxValue, EventsPerRead, cancellationToken);
        Number = after ?? page.Last;
        Take(page, deliveries);
    }

    /// <summary>Adds what comes next, as far as it is known.</summary>
    public async ValueTask ReadAsync(ICollection<Delivery> deliveries, CancellationToken cancellationToken)
    {
        found.Clear();
        if (feed.TryRead(Number, EventsPerRead, found))
        {
            foreach (var frame in found)
            {
                Take(frame, deliveries);
            }

            return;
        }

        Take(await feed.Reader.ReadAsync(Number, EventsPerRead, cancellationToken), deliveries);
    }

    private void Take(TopicPage page, ICollection<Delivery> deliveries)
    {
        if (page.HasLost(Number))
        {
            Number = Number > page.Last ? page.Last : page.First - 1;
            deliveries.Add(new(this, Number, null, "reset", new TopicResetResponse(TopicLinks.EventsOf(feed.Topic), page.First, page.Last)));
        }

        foreach (var kept in page.Events.IsDefault ? [] : page.Events)
        {
            Take(new EventFrame(feed.Topic, kept), deliveries);
        }
    }

    private void Take(EventFrame frame, ICollection<Delivery> deliveries)
    {
        if (frame.Number <= Number)
        {
            return;
        }

        Number = frame.Number;
        if (filter.NameOf(frame.Type) is { } name)
        {
            deliveries.Add(new(this, frame.Number, frame, name, null));
        }
    }
}
