namespace Orchestrator.LocalRuntime;

/// <summary>Runs pieces of work one at a time, in the order in which they came; every continuation of them comes back here.</summary>
/// <remarks>
/// The inbox is one word: the last work laid on top, nothing (a thread is working and has taken all), or the mark <see cref="Idle"/>.
/// Whoever lays work on the mark wakes the scheduler. Producers link themselves in with one compare-and-swap; the one
/// consumer takes the whole pile and turns it over. So a call costs no lock, and an idle scheduler no memory for a queue.
/// </remarks>
internal abstract class TurnScheduler(ITurnExecutor executor) : TaskScheduler, IThreadPoolWorkItem
{
    private static readonly QueuedWork Idle = new TaskWork(Task.CompletedTask);
    private static readonly Action<object?> DrainAction = static scheduler => ((TurnScheduler)scheduler!).Drain();

    private QueuedWork? top = Idle;
    private QueuedWork? taken;

    protected ITurnExecutor Executor => executor;

    /// <summary>Works that lie in the inbox, untouched. A hint, for limits.</summary>
    protected int InboxDepth => Volatile.Read(ref top) is { } work && work != Idle ? work.Depth : 0;

    public override int MaximumConcurrencyLevel => 1;

    void IThreadPoolWorkItem.Execute()
    {
        // Awaits capture the scheduler of the task they run in, so the turns run in one. It is made here, on a bare pool
        // thread, because a task remembers the ambient values of whoever makes it, and those must not reach the grain.
        var turns = new Task(DrainAction, this);
        turns.RunSynchronously(this);
    }

    protected void Post(QueuedWork work)
    {
        var observed = Volatile.Read(ref top);
        while (true)
        {
            (work.Next, work.Depth) = observed is null || observed == Idle ? (null, 1) : (observed, observed.Depth + 1);
            var found = Interlocked.CompareExchange(ref top, work, observed);
            if (found == observed)
            {
                break;
            }

            observed = found;
        }

        if (observed == Idle)
        {
            executor.Schedule(this);
        }
    }

    /// <summary>Work that waited its turn elsewhere and may run now; null if there is none.</summary>
    protected virtual QueuedWork? NextWaiting() => null;

    /// <summary>Runs a work that is not a task.</summary>
    protected abstract void Run(QueuedWork work);

    /// <summary>A work that is not a task has thrown.</summary>
    protected abstract void OnFault(Exception fault);

    /// <summary>Told of each turn, for a simulation's trace.</summary>
    protected virtual void BeforeTurn(QueuedWork work)
    {
    }

    protected override void QueueTask(Task task)
    {
        if (executor is SimulatedExecutor { Cluster: { IsOwnThread: false } world })
        {
            world.RequireOwnThread($"{SimulatedExecutor.Describe(task)}, awaited by {this}, continued");
            return;
        }

        Post(new TaskWork(task));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && (Current == this || task.AsyncState == this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Drain()
    {
        var bare = ExecutionContext.Capture()!;
        for (var turn = 0; turn < executor.TurnsPerVisit; turn++)
        {
            if (NextWork() is not { } work)
            {
                return;
            }

            BeforeTurn(work);
            if (work is TaskWork { Task: var task })
            {
                TryExecuteTask(task);
            }
            else
            {
                try
                {
                    Run(work);
                }
                catch (Exception fault)
                {
                    // Methods of grains fail into their requests; what comes out here is a fault of ours. Were it to end
                    // this loop, everything queued behind it would wait for ever.
                    OnFault(fault);
                }
            }

            // A turn may have set ambient values; the next one must not see them.
            if (ExecutionContext.Capture() != bare)
            {
                ExecutionContext.Restore(bare);
            }
        }

        executor.Schedule(this);
    }

    /// <summary>The next work; or null, and then the scheduler is idle and another thread may already run it.</summary>
    private QueuedWork? NextWork()
    {
        while (!executor.IsOver)
        {
            if (NextWaiting() is { } waiting)
            {
                return waiting;
            }

            if (taken is { } work)
            {
                (taken, work.Next) = (work.Next, null);
                return work;
            }

            if (Volatile.Read(ref top) is not null)
            {
                taken = TurnedOver(Interlocked.Exchange(ref top, null)!);
            }
            else if (Interlocked.CompareExchange(ref top, Idle, null) is null)
            {
                return null;
            }
        }

        return null;
    }

    private static QueuedWork? TurnedOver(QueuedWork? pile)
    {
        QueuedWork? first = null;
        while (pile is not null && pile != Idle)
        {
            (pile.Next, first, pile) = (first, pile, pile.Next);
        }

        return first;
    }

    /// <summary>A continuation of an earlier turn.</summary>
    internal sealed class TaskWork(Task task) : QueuedWork
    {
        public Task Task => task;
    }
}
