namespace Orchestrator.LocalRuntime;

/// <summary>Which grains have subscribed to which streams. Lives as long as the object: share one between simulated silos, and it outlives their crashes.</summary>
public sealed class StreamSubscriptions
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Provider, StreamId Stream), List<(Guid Id, GrainId Grain)>> subscribers = [];
    private long last;

    internal Guid Add(string provider, StreamId stream, GrainId grain)
    {
        lock (gate)
        {
            if (!subscribers.TryGetValue((provider, stream), out var list))
            {
                subscribers.Add((provider, stream), list = []);
            }

            var id = NewId(++last, kind: 1);
            list.Add((id, grain));
            return id;
        }
    }

    internal void Remove(string provider, StreamId stream, Guid id)
    {
        lock (gate)
        {
            if (subscribers.TryGetValue((provider, stream), out var list) && list.RemoveAll(one => one.Id == id) > 0 && list.Count == 0)
            {
                subscribers.Remove((provider, stream));
            }
        }
    }

    internal (Guid Id, GrainId Grain)[] Of(string provider, StreamId stream)
    {
        lock (gate)
        {
            return subscribers.TryGetValue((provider, stream), out var list) ? [.. list] : [];
        }
    }

    /// <summary>The id of a subscription which nobody made: the same for the same grain and stream, always.</summary>
    internal static Guid ImplicitId(string provider, StreamId stream, GrainId grain) =>
        NewId((long)GrainMethod.StableHash($"{provider}|{stream}|{grain}"), kind: 2);

    internal static Guid NewId(long number, byte kind)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, number);
        bytes[15] = kind;
        return new(bytes);
    }
}
