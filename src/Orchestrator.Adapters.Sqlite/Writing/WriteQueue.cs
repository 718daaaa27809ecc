namespace Orchestrator.Adapters.Sqlite.Writing;

/// <summary>What waits for the writer: first come, first served, bounded in number and in bytes. Beyond that, callers wait for room.</summary>
internal sealed class WriteQueue(int writesMax, long bytesMax)
{
    private readonly object gate = new(); // A monitor, for the writer's thread waits on it.
    private readonly Queue<StoreWrite> ready = new();
    private readonly LinkedList<Waiter> waiting = new();
    private long bytes;
    private bool closed;

    /// <summary>Completes when the write is queued. Cancelling is honoured until then.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed, or closes before there is room.</exception>
    public ValueTask EnqueueAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SqliteStore));
            if (waiting.Count == 0 && HasRoomFor(write))
            {
                Add(write);
                return default;
            }

            var waiter = new Waiter(write);
            var place = waiting.AddLast(waiter);
            return new(WaitForRoomAsync(place, cancellationToken));
        }
    }

    /// <summary>Waits for something to write, then takes what has queued up, within the limits; always at least one.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<StoreWrite> batch, int batchWritesMax, long batchBytesMax)
    {
        lock (gate)
        {
            while (ready.Count == 0)
            {
                if (closed)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            long taken = 0;
            while (batch.Count < batchWritesMax && ready.TryPeek(out var next) && (batch.Count == 0 || taken + next.Bytes <= batchBytesMax))
            {
                batch.Add(ready.Dequeue());
                taken += next.Bytes;
            }

            bytes -= taken;
            AdmitWaiting();
            return true;
        }
    }

    /// <summary>Takes nothing more. What is queued is still written; who waits for room is turned away.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var waiter in waiting)
            {
                waiter.Room.TrySetException(new ObjectDisposedException(nameof(SqliteStore)));
            }

            waiting.Clear();
            Monitor.PulseAll(gate);
        }
    }

    private bool HasRoomFor(StoreWrite write) => ready.Count == 0 || (ready.Count < writesMax && bytes + write.Bytes <= bytesMax);

    private void Add(StoreWrite write)
    {
        ready.Enqueue(write);
        bytes += write.Bytes;
        Monitor.Pulse(gate);
    }

    private void AdmitWaiting()
    {
        while (waiting.First is { } first && HasRoomFor(first.Value.Write))
        {
            waiting.RemoveFirst();
            Add(first.Value.Write);
            first.Value.Room.SetResult();
        }
    }

    private async Task WaitForRoomAsync(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), null);
        await place.Value.Room.Task;
    }

    private void GiveUp(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (place.List is not null)
            {
                waiting.Remove(place);
                place.Value.Room.SetCanceled(cancellationToken);
            }
        }
    }

    private sealed record Waiter(StoreWrite Write)
    {
        public TaskCompletionSource Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
