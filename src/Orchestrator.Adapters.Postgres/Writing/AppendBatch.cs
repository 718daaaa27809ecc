using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>Appends that go in one statement: no workflow twice, no idempotency key twice, so that the statement can judge each without looking at its neighbours.</summary>
internal sealed class AppendBatch(int writesMax, long bytesMax)
{
    private readonly List<PendingAppend> appends = [];
    private readonly HashSet<WorkflowId> workflows = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private long bytes;

    public IReadOnlyList<PendingAppend> Appends => appends;

    public int Count => appends.Count;

    public long Bytes => bytes;

    public bool IsFull => appends.Count >= writesMax || bytes >= bytesMax;

    /// <summary>False when the append has to go in a later batch. Then so has every further one of its workflow, so that they keep their order.</summary>
    public bool TryAdd(PendingAppend append)
    {
        var fits = !IsFull && (appends.Count == 0 || bytes + append.Bytes <= bytesMax);
        var first = workflows.Add(append.Append.Workflow);
        if (!fits || !first || (append.Append.Request is { Key: var key } && !keys.Add(key)))
        {
            return false;
        }

        appends.Add(append);
        bytes += append.Bytes;
        return true;
    }

    /// <summary>In the order of their workflows' keys, which is the order in which everybody takes rows.</summary>
    public void Sort() => appends.Sort((one, other) => one.Key.AsSpan().SequenceCompareTo(other.Key));

    public void Clear()
    {
        appends.Clear();
        workflows.Clear();
        keys.Clear();
        bytes = 0;
    }
}
