using Orchestrator.Execution.Journals;

namespace Orchestrator.Execution.Retention;

/// <summary>Deletes what has been kept long enough, a little at a time beside the appends.</summary>
/// <remarks>Several processes on one store may sweep at once: each deletes what it finds, nobody deletes twice or waits for the other.</remarks>
public interface IRetention
{
    /// <summary>One pass over everything. Cancelling stops between two transactions.</summary>
    /// <exception cref="StorageUnavailableException">The store is away or read-only; what was deleted before stays deleted.</exception>
    Task<RetentionReport> SweepAsync(CancellationToken cancellationToken);
}
