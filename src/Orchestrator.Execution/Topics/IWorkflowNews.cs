namespace Orchestrator.Execution.Topics;

/// <summary>Brings what the journal's transactions have to tell into the topic <c>workflows</c>.</summary>
/// <remarks>
/// Nothing is told that was not kept, nothing kept stays untold, and nothing is told twice. News of one workflow stand in the order of its events.
/// A store with one writer puts them into the topic with the append itself. One with many writers would have them queue for the topic's row, so it keeps
/// them in an outbox first.
/// </remarks>
public interface IWorkflowNews
{
    /// <summary>Sees to it that the oldest news, at least <paramref name="limit"/> of them where there are so many, stand in the topic.</summary>
    /// <remarks>Any number of silos may ask at any time, and again after a failure.</remarks>
    /// <exception cref="Journals.StorageUnavailableException">The store is away. What was not told is told by a later call.</exception>
    ValueTask<NewsTold> TellAsync(int limit, CancellationToken cancellationToken);
}

/// <param name="Last">The newest number of the topic; 0 when nobody has written to it.</param>
/// <param name="More">Whether there may be news that are still untold.</param>
public readonly record struct NewsTold(long Last, bool More);
