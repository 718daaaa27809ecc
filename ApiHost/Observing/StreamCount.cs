using Microsoft.Extensions.Options;

namespace Orchestrator.ApiHost.Observing;

/// <summary>Counts open event streams and lets no more in than there is room for.</summary>
internal sealed class StreamCount(IOptions<ApiOptions> options)
{
    private int open;
    private long stalled;

    public int Open => Volatile.Read(ref open);

    /// <summary>Streams that were cut off because their reader took nothing.</summary>
    public long Stalled => Interlocked.Read(ref stalled);

    public void CountStalled() => Interlocked.Increment(ref stalled);

    /// <summary>A seat to be disposed of when the stream ends; null when there is none.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref open) <= options.Value.StreamsMax)
        {
            return new Seat(this);
        }

        Interlocked.Decrement(ref open);
        return null;
    }

    private sealed class Seat(StreamCount count) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                Interlocked.Decrement(ref count.open);
            }
        }
    }
}
