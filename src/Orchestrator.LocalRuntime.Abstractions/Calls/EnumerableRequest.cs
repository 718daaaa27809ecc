namespace Orchestrator.LocalRuntime;

/// <summary>A call to a method that returns <see cref="IAsyncEnumerable{T}"/>: each item is asked for by a request of its own.</summary>
/// <remarks>
/// Such requests always interleave, so that a long enumeration does not keep others out. An enumeration belongs to the
/// activation that began it; when that ends, the next item is an <see cref="EnumerationAbortedException"/>.
/// </remarks>
public abstract class EnumerableRequest<T>
{
    private GrainMethod? interleaving;

    public abstract GrainMethod Method { get; }

    internal GrainMethod NextItem => interleaving ??= Method.With(GrainMethodOptions.AlwaysInterleave);

    public abstract int GetArgumentCount();

    public abstract object? GetArgument(int index);

    public virtual CancellationToken GetCancellationToken() => CancellationToken.None;

    protected abstract IAsyncEnumerable<T> Call(object grain);

    internal IAsyncEnumerable<T> Begin(object grain) => Call(grain);
}

/// <summary>The activation that an enumeration ran in is gone.</summary>
public sealed class EnumerationAbortedException(string message) : OrleansException(message);

internal sealed class GrainEnumerable<T>(EnumerableRequest<T> call, Func<Request<Item<T>>, Task<Item<T>>> send) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new GrainEnumerator<T>(call, send, cancellationToken);
}

/// <summary>The caller's end and, while it is asked for an item, the grain's end of an enumeration.</summary>
internal sealed class GrainEnumerator<T>(EnumerableRequest<T> call, Func<Request<Item<T>>, Task<Item<T>>> send, CancellationToken cancellation) : IAsyncEnumerator<T>
{
    private object? owner;
    private IAsyncEnumerator<T>? source;

    public EnumerableRequest<T> CallMade => call;

    public CancellationToken Cancellation => cancellation;

    public T Current { get; private set; } = default!;

    public async ValueTask<bool> MoveNextAsync()
    {
        var item = await send(new NextItemRequest<T>(this, ends: false));
        Current = item.Value;
        return item.Exists;
    }

    public async ValueTask DisposeAsync() => await send(new NextItemRequest<T>(this, ends: true));

    /// <summary>Runs in the grain's turn.</summary>
    public async ValueTask<Item<T>> AdvanceAsync(object grain, bool ends)
    {
        if (ends)
        {
            if (source is not null && ReferenceEquals(owner, grain))
            {
                await source.DisposeAsync();
            }

            return default;
        }

        if (source is null)
        {
            (owner, source) = (grain, call.Begin(grain).GetAsyncEnumerator(cancellation));
        }
        else if (!ReferenceEquals(owner, grain))
        {
            throw new EnumerationAbortedException($"{call.Method} was being enumerated, and the activation it ran in has ended.");
        }

        return await source.MoveNextAsync() ? new(true, source.Current) : default;
    }
}

internal readonly record struct Item<T>(bool Exists, T Value);

internal sealed class NextItemRequest<T>(GrainEnumerator<T> enumerator, bool ends) : ValueTaskRequest<Item<T>>
{
    public override GrainMethod Method => enumerator.CallMade.NextItem;

    public override int GetArgumentCount() => enumerator.CallMade.GetArgumentCount();

    public override object? GetArgument(int index) => enumerator.CallMade.GetArgument(index);

    // The end is told to the grain even where the caller has cancelled.
    public override CancellationToken GetCancellationToken() => ends ? CancellationToken.None : enumerator.Cancellation;

    protected override ValueTask<Item<T>> Call(object grain) => enumerator.AdvanceAsync(grain, ends);
}
