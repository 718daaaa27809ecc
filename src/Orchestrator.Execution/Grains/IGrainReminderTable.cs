using System.Collections.Immutable;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Execution.Grains;

/// <summary>Reminders of grains, one for each pair of a grain and a name, for the runtime that keeps none of its own.</summary>
/// <remarks>Any number of callers at once. A change is durable when its task completes; when the task fails, whether it was made is unknown.</remarks>
public interface IGrainReminderTable
{
    /// <summary>All of them, by grain and name.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<ImmutableArray<GrainReminder>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Stores a reminder in place of any other of the same grain and name.</summary>
    /// <exception cref="StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask WriteAsync(GrainReminder reminder, CancellationToken cancellationToken);

    /// <summary>Removes a reminder. Removing one that is not there changes nothing.</summary>
    /// <exception cref="StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask RemoveAsync(string grain, string name, CancellationToken cancellationToken);
}

/// <summary>A reminder of a grain as it is stored.</summary>
/// <param name="StartAt">The first tick; later ones are whole periods after it.</param>
public sealed record GrainReminder(string Grain, string Name, DateTimeOffset StartAt, TimeSpan Period);
