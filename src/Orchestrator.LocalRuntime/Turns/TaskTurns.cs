namespace Orchestrator.LocalRuntime;

/// <summary>Turns for code that is no grain and still must not run beside itself: a stream's delivery, a simulated process.</summary>
internal class TaskTurns(ITurnExecutor executor, string name) : TurnScheduler(executor)
{
    public Task<TResult> Start<TResult>(Func<Task<TResult>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public override string ToString() => name;

    protected override void Run(QueuedWork work) => throw new InvalidOperationException($"{name} was sent a {work.GetType().Name}; only grains take requests.");

    protected override void OnFault(Exception fault) => Environment.FailFast($"{name} ran something that is no task.", fault);
}
