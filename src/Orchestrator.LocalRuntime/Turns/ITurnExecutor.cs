namespace Orchestrator.LocalRuntime;

/// <summary>Where the turns of all activations of a process run.</summary>
/// <remarks>The runtime starts no thread and no task anywhere else, so whoever owns this owns every step the grains take.</remarks>
public interface ITurnExecutor
{
    /// <summary>How many turns an activation may take before others must have had a chance.</summary>
    int TurnsPerVisit { get; }

    /// <summary>Executes the activation's next turns, soon and once. Called when an idle activation got something to do.</summary>
    void Schedule(IThreadPoolWorkItem activation);

    /// <summary>Whether the process of these turns is over, so that none that is still queued is taken. Never where a process ends as a whole.</summary>
    bool IsOver => false;
}

/// <summary>Runs turns on the thread pool of the process.</summary>
internal sealed class ThreadPoolExecutor : ITurnExecutor
{
    public int TurnsPerVisit => 64;

    // Local first: the caller that made this activation runnable is about to wait for it, so its thread is free soonest.
    public void Schedule(IThreadPoolWorkItem activation) => ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal: true);
}
