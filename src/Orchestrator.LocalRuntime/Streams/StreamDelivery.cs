namespace Orchestrator.LocalRuntime;

/// <summary>The events that wait for one subscriber, and the one it is at.</summary>
internal sealed class StreamDelivery(LocalSilo silo, StreamId stream, int backlogMax)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Queue<Func<Task>> waiting = new();
    private readonly TaskTurns turns = new(silo.Executor, $"stream {stream}");
    private bool delivering;

    public void Add(Func<Task> deliver)
    {
        lock (gate)
        {
            if (waiting.Count >= backlogMax)
            {
                throw new LimitExceededException($"Stream {stream} has {waiting.Count} events waiting for one subscriber, the most that {nameof(LocalSiloOptions.StreamBacklogMax)} allows.");
            }

            waiting.Enqueue(deliver);
            if (delivering)
            {
                return;
            }

            delivering = true;
        }

        // The delivery is nobody's call: the sender's ambient values stay behind.
        using (ExecutionContext.SuppressFlow())
        {
            _ = turns.Start(DeliverAllAsync);
        }
    }

    private async Task DeliverAllAsync()
    {
        while (Next() is { } deliver)
        {
            await DeliverAsync(deliver);
        }
    }

    private async Task DeliverAsync(Func<Task> deliver)
    {
        var began = silo.Clock.GetTimestamp();
        for (var pause = PauseFirst; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                await deliver();
                return;
            }
            catch (Exception failure)
            {
                var again = silo.Status == SiloStatus.Active && silo.Clock.GetElapsedTime(began) + pause <= silo.Options.StreamDeliveryTimeMax;
                silo.LogDeliveryFailed(failure, stream.ToString(), again);
                if (!again)
                {
                    return;
                }
            }

            await Task.Delay(pause, silo.Clock);
        }
    }

    private Func<Task>? Next()
    {
        lock (gate)
        {
            delivering = waiting.TryDequeue(out var deliver);
            return deliver;
        }
    }
}
