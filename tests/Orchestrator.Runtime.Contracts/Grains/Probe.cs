using System.Collections.Concurrent;

namespace Orchestrator.Runtime.Contracts.Grains;

/// <summary>What a test and a grain say to each other beside the runtime: gates that hold a turn back, and a diary.</summary>
public sealed class Probe
{
    private static readonly ConcurrentDictionary<string, Probe> All = new();

    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = new();
    private readonly ConcurrentQueue<string> diary = new();
    private int inside;

    public int InsideAtOnceMax { get; private set; }

    public IReadOnlyList<string> Diary => [.. diary];

    public static Probe Of(string key) => All.GetOrAdd(key, _ => new());

    public void Note(string entry) => diary.Enqueue(entry);

    /// <summary>Completes when somebody opens the gate; an open gate stays open.</summary>
    public Task Gate(string name) => gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Open(string name)
    {
        _ = Gate(name);
        gates[name].TrySetResult();
    }

    public void Enter()
    {
        var now = Interlocked.Increment(ref inside);
        lock (gates)
        {
            InsideAtOnceMax = Math.Max(InsideAtOnceMax, now);
        }
    }

    public void Leave() => Interlocked.Decrement(ref inside);
}
