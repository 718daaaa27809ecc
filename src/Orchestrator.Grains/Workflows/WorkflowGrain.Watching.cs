using System.Collections.Immutable;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Reading a workflow's events, and waiting for the next one.</summary>
public sealed partial class WorkflowGrain
{
    /// <summary>Events in one page.</summary>
    private const int PageMax = 1_000;

    private readonly List<TaskCompletionSource> watchers = [];

    /// <summary>Watching calls from their first line to their last. An activation that is told to rest takes no new call until those under way have ended, and these take long.</summary>
    private int watching;

    public async Task<HistoryPage> ReadHistoryAsync(long after, int limit, CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        return await PageAsync(after, limit, cancellationToken);
    }

    public async Task<HistoryPage> WatchAsync(long after, int limit, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        watching++;
        try
        {
            await CurrentAsync(cancellationToken);
            if (State is { Exists: true, IsFinal: false } && State.Version <= after && watchers.Count < options.Value.WatchersMax)
            {
                await NextChangeAsync(patience < options.Value.WatchMax ? patience : options.Value.WatchMax, cancellationToken);
                await CurrentAsync(cancellationToken);
            }

            return await PageAsync(after, limit, cancellationToken);
        }
        finally
        {
            watching--;
            RestIfQuiet();
        }
    }

    private async Task NextChangeAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        // Its continuations run where it is completed, in a turn of this grain: run asynchronously they would begin on the thread pool.
        var change = new TaskCompletionSource();
        watchers.Add(change);
        try
        {
            await change.Task.WaitAsync(patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing happened in time; the page that follows is empty and says so.
        }
        finally
        {
            watchers.Remove(change);
        }
    }

    private void TellWatchers()
    {
        foreach (var watcher in watchers.ToArray())
        {
            watcher.TrySetResult();
        }
    }

    private async Task<HistoryPage> PageAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var bounded = Math.Clamp(limit, 1, PageMax);
        var last = State.Version;
        var finished = State.IsFinal;
        var newest = loop!.LastAppended;
        if (after >= last)
        {
            return new HistoryPage([], last, finished);
        }

        var entries = !newest.IsEmpty && after + 1 >= newest[0].Number
            ? [.. newest.Where(entry => entry.Number > after).Take(bounded)]
            : await journal.ReadAsync(Id, after, bounded, cancellationToken);
        return new HistoryPage(entries, Math.Max(last, entries.IsEmpty ? 0 : entries[^1].Number), finished);
    }
}
