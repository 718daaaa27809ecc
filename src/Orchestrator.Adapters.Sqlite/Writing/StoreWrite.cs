namespace Orchestrator.Adapters.Sqlite.Writing;

/// <summary>A change of the store on its way through the writer.</summary>
internal abstract class StoreWrite
{
    /// <summary>About what it takes up in the queue and in a transaction.</summary>
    public abstract int Bytes { get; }

    /// <summary>Makes the change inside the transaction that is open. May run again, from the beginning, in another transaction after this one was rolled back.</summary>
    public abstract void Execute(WriterSession session);

    /// <summary>The transaction is durable.</summary>
    public abstract void Succeed();

    /// <summary>The change was not made, or whether it was is unknown.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>A change that answers its caller.</summary>
internal abstract class StoreWrite<TResult> : StoreWrite
{
    // The caller's code must not run on the writer's thread: while it did, nobody else's append could be committed.
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult result = default!;

    public Task<TResult> Completion => completion.Task;

    public sealed override void Execute(WriterSession session) => result = Run(session);

    public sealed override void Succeed() => completion.SetResult(result);

    public sealed override void Fail(Exception reason) => completion.SetException(reason);

    protected abstract TResult Run(WriterSession session);
}
