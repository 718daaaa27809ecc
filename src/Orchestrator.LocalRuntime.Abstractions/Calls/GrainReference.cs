namespace Orchestrator.LocalRuntime;

/// <summary>A grain as its callers hold it. The generated classes that derive from it turn each method into a request.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    protected GrainReference(IGrainReferenceRuntime runtime, GrainId grainId) => (Runtime, GrainId) = (runtime, grainId);

    public GrainId GrainId { get; }

    internal IGrainReferenceRuntime Runtime { get; }

    /// <summary>The activation that took the last request, so that the next need not look for it.</summary>
    internal object? LastTarget { get; set; }

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    protected Task InvokeTask(Request<bool> request)
    {
        var result = request.Expect();
        Runtime.Send(this, request);
        return result;
    }

    protected Task<TResult> InvokeTask<TResult>(Request<TResult> request)
    {
        var result = request.Expect();
        Runtime.Send(this, request);
        return result;
    }

    protected ValueTask InvokeValueTask(Request<bool> request) => new(InvokeTask(request));

    protected ValueTask<TResult> InvokeValueTask<TResult>(Request<TResult> request) => new(InvokeTask<TResult>(request));

    protected IAsyncEnumerable<T> InvokeEnumerable<T>(EnumerableRequest<T> request) => new GrainEnumerable<T>(request, InvokeTask<Item<T>>);

    protected Task InvokeOneWay(Request<bool> request)
    {
        Runtime.Send(this, request);
        return Task.CompletedTask;
    }
}

/// <summary>What references need of the process they live in.</summary>
public interface IGrainReferenceRuntime
{
    void Send(GrainReference reference, Request request);

    GrainReference CreateReference(Type interfaceType, GrainId grainId);
}
