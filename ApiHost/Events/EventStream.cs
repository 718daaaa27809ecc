using System.Collections.Immutable;

namespace Orchestrator.ApiHost.Events;

/// <summary>One reader's stream over several topics.</summary>
/// <remarks>It pulls: what comes next is looked for when the reader has taken what came before, so a slow reader costs one page of references.</remarks>
internal sealed class EventStream(ImmutableArray<EventCursor> cursors, EventPosition position, EventWake wake, TimeProvider clock)
{
    private readonly long[] numbers = new long[cursors.Length];
    private readonly List<Delivery> deliveries = [];

    /// <summary>Finds the reader's places. Comes before an answer begins, so that a store that is away is a problem and not an empty stream.</summary>
    public async Task StartAsync(long[]? from, CancellationToken cancellationToken)
    {
        for (var i = 0; i < cursors.Length; i++)
        {
            await cursors[i].StartAsync(from?[i], deliveries, cancellationToken);
            numbers[i] = from?[i] ?? cursors[i].Number;
        }
    }

    /// <summary>Runs until cancelled, or until the sink has enough.</summary>
    /// <param name="tellsPlace">The reader does not know where it begins. One that is cut off before anything came still comes back to this place, and misses nothing.</param>
    public async Task RunAsync(IEventSink sink, bool tellsPlace, CancellationToken cancellationToken)
    {
        if (tellsPlace)
        {
            await sink.PlaceAsync(position.Write(numbers), cancellationToken);
        }

        while (true)
        {
            wake.Arm();
            foreach (var cursor in cursors)
            {
                await cursor.ReadAsync(deliveries, cancellationToken);
            }

            if (deliveries.Count > 0)
            {
                await WriteAsync(sink, cancellationToken);
            }
            else
            {
                await RestAsync(sink, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(IEventSink sink, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
        {
            numbers[cursors.IndexOf(delivery.Cursor)] = delivery.Number;
            await (delivery.Frame is { } frame
                ? sink.EventAsync(position.Write(numbers), delivery.Name, frame.As(delivery.Name), cancellationToken)
                : sink.ResetAsync(position.Write(numbers), delivery.Reset!, cancellationToken));
        }

        deliveries.Clear();
        await sink.FlushAsync(cancellationToken);
    }

    private async Task RestAsync(IEventSink sink, CancellationToken cancellationToken)
    {
        if (sink.UntilHeartbeat <= TimeSpan.Zero && Moved())
        {
            // Events went by that are not wanted. Their place is told all the same: a reader that comes back from an older one might find it gone.
            await sink.PlaceAsync(position.Write(numbers), cancellationToken);
        }

        await wake.WaitAsync(await sink.KeepAliveAsync(cancellationToken), clock, cancellationToken);
    }

    private bool Moved()
    {
        var moved = false;
        for (var i = 0; i < cursors.Length; i++)
        {
            moved |= numbers[i] != cursors[i].Number;
            numbers[i] = cursors[i].Number;
        }

        return moved;
    }
}
