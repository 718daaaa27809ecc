using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>Something an activation has to do in a turn. The links make queues of it that need no memory of their own.</summary>
public abstract class QueuedWork
{
    internal QueuedWork()
    {
    }

    internal QueuedWork? Next { get; set; }

    /// <summary>How many works lay in the inbox when this one was laid on top, itself included.</summary>
    internal int Depth { get; set; }
}

/// <summary>One call on its way: arguments, context, and the promise its caller waits for.</summary>
/// <remarks>Only generated code derives from the four shapes below it. Arguments are never changed, so a request may be run more than once.</remarks>
public abstract class Request : QueuedWork, IInvokable
{
    private protected Request()
    {
    }

    public abstract GrainMethod Method { get; }

    internal GrainId Target { get; set; }

    internal GrainReference? Reference { get; set; }

    internal IGrainContext? Source { get; set; }

    internal Dictionary<string, object>? Context { get; set; }

    /// <summary>When the watch over slow calls first saw this request; 0 until then. See the response timeout.</summary>
    internal long FirstSeen { get; set; }

    internal bool IsOneWay => (Method.Options & GrainMethodOptions.OneWay) != 0;

    internal bool AlwaysInterleaves => (Method.Options & GrainMethodOptions.AlwaysInterleave) != 0;

    internal bool IsReadOnly => (Method.Options & GrainMethodOptions.ReadOnly) != 0;

    /// <summary>Whether nobody waits for the outcome any more: it is there, timed out or was cancelled.</summary>
    internal abstract bool IsSettled { get; }

    /// <summary>What the caller waits for; null for one-way requests.</summary>
    internal abstract Task? Outcome { get; }

    public abstract int GetArgumentCount();

    public abstract object? GetArgument(int index);

    public virtual CancellationToken GetCancellationToken() => CancellationToken.None;

    public string GetMethodName() => Method.Name;

    public string GetInterfaceName() => Method.InterfaceType.Name;

    public Type GetInterfaceType() => Method.InterfaceType;

    public MethodInfo GetMethod() => Method.Reflected;

    /// <summary>Runs the method to its first wait, and the rest in later turns; tells the host when all is done.</summary>
    internal abstract void Run(IRequestHost host);

    /// <summary>Calls the method and gives its result as an object, for filters.</summary>
    internal abstract Task<object?> CallBoxed(object grain);

    /// <summary>Settles the promise with what a filter left as the result.</summary>
    internal abstract void SettleBoxed(object? result);

    /// <summary>The result of a request that succeeded, for filters.</summary>
    internal abstract object? ResultBoxed();

    internal abstract bool Fail(Exception exception);

    internal abstract bool Cancel(CancellationToken cancellationToken);

    /// <summary>Settles this request as another copy of it was settled.</summary>
    internal abstract void SettleLike(Task outcome);

    /// <summary>A copy with a promise of its own, for sending over a simulated network.</summary>
    internal abstract Request Copy();
}

/// <summary>The activation, as a request sees it while it runs.</summary>
internal interface IRequestHost
{
    object Instance { get; }

    /// <summary>The request waits for something; it is still under way.</summary>
    void Suspended(Request request);

    /// <summary>The request is done; <paramref name="failure"/> is what its method threw.</summary>
    void Finished(Request request, Exception? failure);
}

/// <summary>A request with a result. Methods without one carry <see langword="bool"/>, which nobody reads.</summary>
public abstract class Request<TResult> : Request
{
    private TaskCompletionSource<TResult>? promise;

    private protected Request()
    {
    }

    internal override bool IsSettled => promise is { Task.IsCompleted: true };

    internal override Task? Outcome => promise?.Task;

    internal Task<TResult> Expect() => (promise = new TaskCompletionSource<TResult>()).Task;

    internal void Settle(TResult result) => promise?.TrySetResult(result);

    internal override void SettleBoxed(object? result) => Settle(result is null ? default! : (TResult)result);

    internal override object? ResultBoxed() => promise is null ? null : promise.Task.Result;

    internal override bool Fail(Exception exception) => promise is null
        || (exception is OperationCanceledException cancelled ? promise.TrySetCanceled(cancelled.CancellationToken) : promise.TrySetException(exception));

    internal override bool Cancel(CancellationToken cancellationToken) => promise?.TrySetCanceled(cancellationToken) ?? false;

    internal override void SettleLike(Task outcome)
    {
        if (outcome.IsCompletedSuccessfully)
        {
            Settle(((Task<TResult>)outcome).Result);
        }
        else
        {
            Fail(outcome.Exception?.InnerException ?? new TaskCanceledException(outcome));
        }
    }

    internal override Request Copy()
    {
        var copy = (Request<TResult>)MemberwiseClone();
        (copy.Next, copy.FirstSeen, copy.promise) = (null, 0, promise is null ? null : new());
        return copy;
    }

    private protected void Throw(IRequestHost host, Exception failure)
    {
        host.Finished(this, failure);
        Fail(failure);
    }

    private protected void Return(IRequestHost host, TResult result)
    {
        host.Finished(this, null);
        Settle(result);
    }
}

/// <summary>A request to a method that returns <see cref="Task"/>.</summary>
public abstract class TaskRequest : Request<bool>
{
    protected abstract Task Call(object grain);

    internal sealed override void Run(IRequestHost host)
    {
        try
        {
            var task = Call(host.Instance);
            if (task.IsCompletedSuccessfully)
            {
                Return(host, true);
            }
            else
            {
                host.Suspended(this);
                _ = FinishAsync(host, task);
            }
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }

    internal sealed override async Task<object?> CallBoxed(object grain)
    {
        await Call(grain);
        return null;
    }

    private async Task FinishAsync(IRequestHost host, Task task)
    {
        try
        {
            await task;
            Return(host, true);
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }
}

/// <summary>A request to a method that returns <see cref="Task{TResult}"/>.</summary>
public abstract class TaskRequest<TResult> : Request<TResult>
{
    protected abstract Task<TResult> Call(object grain);

    internal sealed override void Run(IRequestHost host)
    {
        try
        {
            var task = Call(host.Instance);
            if (task.IsCompletedSuccessfully)
            {
                Return(host, task.Result);
            }
            else
            {
                host.Suspended(this);
                _ = FinishAsync(host, task);
            }
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }

    internal sealed override async Task<object?> CallBoxed(object grain) => await Call(grain);

    private async Task FinishAsync(IRequestHost host, Task<TResult> task)
    {
        try
        {
            Return(host, await task);
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }
}

/// <summary>A request to a method that returns <see cref="ValueTask"/>.</summary>
public abstract class ValueTaskRequest : Request<bool>
{
    protected abstract ValueTask Call(object grain);

    internal sealed override void Run(IRequestHost host)
    {
        try
        {
            var task = Call(host.Instance);
            if (task.IsCompletedSuccessfully)
            {
                task.GetAwaiter().GetResult();
                Return(host, true);
            }
            else
            {
                host.Suspended(this);
                _ = FinishAsync(host, task);
            }
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }

    internal sealed override async Task<object?> CallBoxed(object grain)
    {
        await Call(grain);
        return null;
    }

    private async Task FinishAsync(IRequestHost host, ValueTask task)
    {
        try
        {
            await task;
            Return(host, true);
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }
}

/// <summary>A request to a method that returns <see cref="ValueTask{TResult}"/>.</summary>
public abstract class ValueTaskRequest<TResult> : Request<TResult>
{
    protected abstract ValueTask<TResult> Call(object grain);

    internal sealed override void Run(IRequestHost host)
    {
        try
        {
            var task = Call(host.Instance);
            if (task.IsCompletedSuccessfully)
            {
                Return(host, task.GetAwaiter().GetResult());
            }
            else
            {
                host.Suspended(this);
                _ = FinishAsync(host, task);
            }
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }

    internal sealed override async Task<object?> CallBoxed(object grain) => await Call(grain);

    private async Task FinishAsync(IRequestHost host, ValueTask<TResult> task)
    {
        try
        {
            Return(host, await task);
        }
        catch (Exception failure)
        {
            Throw(host, failure);
        }
    }
}
