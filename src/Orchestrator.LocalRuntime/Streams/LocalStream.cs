namespace Orchestrator.LocalRuntime;

internal sealed class LocalStream<T>(LocalStreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    public bool IsRewindable => false;

    public string ProviderName => provider.Name;

    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        provider.Send<T>(streamId, (observer, place) => observer.OnNextAsync(item, place));
        return Task.CompletedTask;
    }

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        foreach (var item in batch)
        {
            provider.Send<T>(streamId, (observer, place) => observer.OnNextAsync(item, place));
        }

        return Task.CompletedTask;
    }

    public Task OnCompletedAsync()
    {
        provider.Send<T>(streamId, (observer, _) => observer.OnCompletedAsync());
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        provider.Send<T>(streamId, (observer, _) => observer.OnErrorAsync(ex));
        return Task.CompletedTask;
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) => SubscribeAsync(observer);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (RuntimeContext.Current is not { } activation)
        {
            return Handle(provider.AddClient(streamId, observer), isClient: true);
        }

        // A grain with an implicit subscription attaches to that one; it has no use for a second.
        var id = provider.IsImplicit(activation.Class, activation.GrainId, streamId)
            ? StreamSubscriptions.ImplicitId(provider.Name, streamId, activation.GrainId)
            : provider.Subscriptions.Add(provider.Name, streamId, activation.GrainId);
        (activation.StreamObservers ??= [])[id] = observer;
        return Handle(id, isClient: false);
    }

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles()
    {
        var ids = RuntimeContext.Current is { } activation
            ? provider.Subscriptions.Of(provider.Name, streamId).Where(one => one.Grain == activation.GrainId).Select(one => one.Id)
            : provider.ClientsOf(streamId);
        var isClient = RuntimeContext.Current is null;
        return Task.FromResult<IList<StreamSubscriptionHandle<T>>>([.. ids.Select(id => new LocalSubscription<T>(provider, streamId, id, isClient))]);
    }

    public bool Equals(IAsyncStream<T>? other) => other is not null && other.StreamId == streamId && other.ProviderName == provider.Name;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => streamId.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : streamId.CompareTo(other.StreamId);

    private Task<StreamSubscriptionHandle<T>> Handle(Guid id, bool isClient) => Task.FromResult<StreamSubscriptionHandle<T>>(new LocalSubscription<T>(provider, streamId, id, isClient));
}

internal sealed class LocalSubscription<T>(LocalStreamProvider provider, StreamId streamId, Guid id, bool isClient) : StreamSubscriptionHandle<T>
{
    public override StreamId StreamId => streamId;

    public override string ProviderName => provider.Name;

    public override Guid HandleId => id;

    public override Task UnsubscribeAsync()
    {
        if (isClient)
        {
            provider.RemoveClient(streamId, id);
        }
        else
        {
            provider.Subscriptions.Remove(provider.Name, streamId, id);
            RuntimeContext.Current?.StreamObservers?.Remove(id);
        }

        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        if (isClient || RuntimeContext.Current is not { } activation)
        {
            throw new InvalidOperationException("A subscription is resumed by the grain that made it, in one of its turns. A client subscribes again.");
        }

        (activation.StreamObservers ??= [])[id] = observer;
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) => other is not null && other.HandleId == id && other.StreamId == streamId;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => id.GetHashCode();
}

/// <summary>An event on its way to a grain. It is queued like a request, so it takes its turn.</summary>
internal sealed class StreamEvent<T>(LocalStreamProvider provider, StreamId stream, Guid id, Func<IAsyncObserver<T>, Task> deliver) : TaskRequest, IStreamSubscriptionHandleFactory
{
    private static readonly GrainMethod Description = new(typeof(IAsyncObserver<T>), nameof(IAsyncObserver<T>.OnNextAsync), GrainMethodOptions.None, typeof(T), typeof(StreamSequenceToken));

    public override GrainMethod Method => Description;

    public StreamId StreamId => stream;

    public string ProviderName => provider.Name;

    public StreamSubscriptionHandle<TItem> Create<TItem>() => new LocalSubscription<TItem>(provider, stream, id, isClient: false);

    public override int GetArgumentCount() => 0;

    public override object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index), index, "Filters see that an event comes, not the event.");

    protected override async Task Call(object grain)
    {
        var activation = RuntimeContext.Current!;
        if (activation.StreamObservers?.ContainsKey(id) != true && grain is IStreamSubscriptionObserver told)
        {
            await told.OnSubscribed(this);
        }

        // A grain that has attached no observer does not want its events.
        if (activation.StreamObservers?.GetValueOrDefault(id) is IAsyncObserver<T> observer)
        {
            await deliver(observer);
        }
    }
}
