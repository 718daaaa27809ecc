using System.Collections.Immutable;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Execution.Grains;

/// <summary>Records of grains, one for each pair of a grain and a name, changed by compare-and-set.</summary>
/// <remarks>
/// Any number of callers at once, in any number of processes on one store. A change is durable when its task completes; when the task fails,
/// whether it was made is unknown. Cancelling is honoured until the change has been queued.
/// </remarks>
public interface IGrainStateTable
{
    /// <summary>Null when there is no such record.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<GrainStateRecord?> ReadAsync(string grain, string name, CancellationToken cancellationToken);

    /// <summary>Writes the record if it is still the one of <paramref name="etag"/>; null means that there must be none.</summary>
    /// <exception cref="StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask<GrainStateOutcome> WriteAsync(string grain, string name, ReadOnlyMemory<byte> state, string? etag, CancellationToken cancellationToken);

    /// <summary>Removes the record if it is still the one of <paramref name="etag"/>; null means that there must be none.</summary>
    /// <exception cref="StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask<GrainStateOutcome> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken);

    /// <summary>The records called <paramref name="name"/> of grains of one type, by their keys, byte by byte, from the first after <paramref name="after"/>.</summary>
    /// <param name="limit">At most so many, 1 or more.</param>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<ImmutableArray<KeyedGrainState>> ListAsync(string grainType, string name, string? after, int limit, CancellationToken cancellationToken);
}
