using System.Collections.Immutable;

namespace Orchestrator.ApiHost.Events;

/// <summary>One reader's stream over several topics.</summary>
/// <remarks>It pulls: what comes next is looked for when the reader has taken what came before, so a slow reader costs one page of references.</remarks>
internal sealed class EventStream(ImmutableArray<EventCursor> cursors, EventPosition position, EventWake wake, TimeProvider clock)
{
    private readonly long[] numbers = new long[cursors.Length];
    private readonly List<Delivery> deliveries = [];

    public async Task RunAsync(HttpContext http, long[]? from, CancellationToken cancellationToken)
    {
        // Asked before the answer begins, so that a store that is away is a problem and not an empty stream.
        for (var i = 0; i < cursors.Length; i++)
        {
            await cursors[i].StartAsync(from?[i], deliveries, cancellationToken);
            numbers[i] = from?[i] ?? cursors[i].Number;
        }

        var writer = await EventWriter.BeginAsync(http, clock, cancellationToken);
        if (from is null)
        {
            // A reader that is cut off before anything came still comes back to this place, and misses nothing.
            await writer.PlaceAsync(position.Write(numbers), cancellationToken);
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
                await WriteAsync(writer, cancellationToken);
            }
            else
            {
                await RestAsync(writer, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(EventWriter writer, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
        {
            numbers[cursors.IndexOf(delivery.Cursor)] = delivery.Number;
            await (delivery.Frame is { } frame
                ? writer.EventAsync(position.Write(numbers), delivery.Name, frame.As(delivery.Name), cancellationToken)
                : writer.ResetAsync(delivery.Reset, cancellationToken, position.Write(numbers)));
        }

        deliveries.Clear();
        await writer.FlushAsync(cancellationToken);
    }

    private async Task RestAsync(EventWriter writer, CancellationToken cancellationToken)
    {
        if (writer.UntilHeartbeat <= TimeSpan.Zero && Moved())
        {
            // Events went by that are not wanted. Their place is told all the same: a reader that comes back from an older one might find it gone.
            await writer.PlaceAsync(position.Write(numbers), cancellationToken);
        }

        await wake.WaitAsync(await writer.KeepAliveAsync(cancellationToken), clock, cancellationToken);
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
