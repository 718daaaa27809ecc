using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.LocalRuntime;

/// <summary>Streams within the process: each subscriber gets the events of a stream one after another, in their order.</summary>
/// <remarks>
/// Sending completes when the event is queued for every subscriber, not when it is delivered. Events that are not yet
/// delivered are lost with the process. An observer that throws gets its event again, as in Orleans, and the next one after that.
/// Streams are not rewindable; a token given at subscription is ignored.
/// </remarks>
internal sealed class LocalStreamProvider(string name, LocalSilo silo, StreamSubscriptions subscriptions, int backlogMax) : IStreamProvider
{
    private readonly ConcurrentDictionary<StreamId, long> sent = new();
    private readonly ConcurrentDictionary<(StreamId Stream, Guid Id), StreamDelivery> deliveries = new();
    private readonly ConcurrentDictionary<StreamId, (Guid Id, object Observer)[]> clients = new();
    private long clientIds;

    public string Name => name;

    public bool IsRewindable => false;

    public LocalSilo Silo => silo;

    public StreamSubscriptions Subscriptions => subscriptions;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new LocalStream<T>(this, streamId);

    /// <summary>Queues an event for everyone who listens now.</summary>
    public void Send<T>(StreamId stream, Func<IAsyncObserver<T>, StreamSequenceToken, Task> deliver)
    {
        var token = new LocalSequenceToken(sent.AddOrUpdate(stream, 1, static (_, last) => last + 1));
        foreach (var (id, grain) in GrainSubscribers(stream))
        {
            Queue(stream, id, () => silo.SendEvent(new StreamEvent<T>(this, stream, id, observer => deliver(observer, token)) { Target = grain }));
        }

        SendToClients(stream, deliver, token);

        // Grains are found wherever they live; a client hears in its own process only.
        silo.TellPeers($"stream {stream}", peer => (peer.Services.GetKeyedService<IStreamProvider>(name) as LocalStreamProvider)?.SendToClients(stream, deliver, token));
    }

    private void SendToClients<T>(StreamId stream, Func<IAsyncObserver<T>, StreamSequenceToken, Task> deliver, StreamSequenceToken token)
    {
        foreach (var (id, observer) in clients.GetValueOrDefault(stream) ?? [])
        {
            if (observer is IAsyncObserver<T> typed)
            {
                Queue(stream, id, () => deliver(typed, token));
            }
        }
    }

    public Guid AddClient(StreamId stream, object observer)
    {
        var id = StreamSubscriptions.NewId(Interlocked.Increment(ref clientIds), kind: 3);
        clients.AddOrUpdate(stream, _ => [(id, observer)], (_, present) => [.. present, (id, observer)]);
        return id;
    }

    public void RemoveClient(StreamId stream, Guid id)
    {
        clients.AddOrUpdate(stream, _ => [], (_, present) => [.. present.Where(one => one.Id != id)]);
        deliveries.TryRemove((stream, id), out _);
    }

    public IEnumerable<Guid> ClientsOf(StreamId stream) => (clients.GetValueOrDefault(stream) ?? []).Select(client => client.Id);

    public bool IsImplicit(GrainClass grainClass, GrainId grain, StreamId stream) =>
        stream.GetNamespace() is { } space && grainClass.ImplicitStreams.Contains(space) && grain.Key.ToString() == KeyFor(grainClass, stream);

    private IEnumerable<(Guid Id, GrainId Grain)> GrainSubscribers(StreamId stream)
    {
        if (stream.GetNamespace() is { } space)
        {
            foreach (var grainClass in silo.Registry.Classes.Where(one => one.ImplicitStreams.Contains(space)))
            {
                var grain = GrainId.Create(grainClass.GrainType, KeyFor(grainClass, stream));
                yield return (StreamSubscriptions.ImplicitId(name, stream, grain), grain);
            }
        }

        foreach (var subscriber in subscriptions.Of(name, stream))
        {
            yield return subscriber;
        }
    }

    // Streams write integers in decimal and grains in hexadecimal; every other key is written alike.
    private static string KeyFor(GrainClass grainClass, StreamId stream) =>
        typeof(IGrainWithIntegerKey).IsAssignableFrom(grainClass.Type) && long.TryParse(stream.GetKeyAsString(), System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? GrainIdKeyExtensions.CreateIntegerKey(number).ToString()
            : stream.GetKeyAsString();

    private void Queue(StreamId stream, Guid id, Func<Task> deliver) =>
        deliveries.GetOrAdd((stream, id), key => new(silo, key.Stream, backlogMax)).Add(deliver);
}

internal sealed class LocalSequenceToken(long number) : StreamSequenceToken
{
    public override long SequenceNumber { get; protected set; } = number;

    public override int EventIndex { get; protected set; }

    public override bool Equals(StreamSequenceToken? other) => other is not null && other.SequenceNumber == SequenceNumber && other.EventIndex == EventIndex;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => SequenceNumber.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => other is null ? 1 : (SequenceNumber, EventIndex).CompareTo((other.SequenceNumber, other.EventIndex));
}
