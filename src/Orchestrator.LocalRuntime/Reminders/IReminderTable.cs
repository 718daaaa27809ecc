using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orchestrator.LocalRuntime;

/// <summary>A stored reminder.</summary>
/// <param name="StartAt">The first tick; later ones are whole periods after it.</param>
public sealed record ReminderEntry(GrainId GrainId, string Name, DateTimeOffset StartAt, TimeSpan Period);

/// <summary>Where reminders are kept. Found as a keyed service under <see cref="ProviderConstants.DefaultReminderTableName"/>.</summary>
/// <remarks>When a task completes, what it wrote survives a crash, as far as the store promises that at all. Several silos may use one table.</remarks>
public interface IReminderTable
{
    Task<ImmutableArray<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken);

    /// <summary>Stores a reminder in place of any other of the same grain and name.</summary>
    Task WriteAsync(ReminderEntry entry, CancellationToken cancellationToken);

    /// <summary>Removes a reminder. Removing one that is not there changes nothing.</summary>
    Task RemoveAsync(GrainId grainId, string name, CancellationToken cancellationToken);
}

/// <summary>Keeps reminders in memory: for tests, and for runs that are not to survive anyway.</summary>
public sealed class MemoryReminderTable : IReminderTable
{
    private readonly ConcurrentDictionary<(GrainId, string), ReminderEntry> entries = new();

    public Task<ImmutableArray<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken) =>
        Task.FromResult(entries.Values.OrderBy(entry => entry.GrainId).ThenBy(entry => entry.Name, StringComparer.Ordinal).ToImmutableArray());

    public Task WriteAsync(ReminderEntry entry, CancellationToken cancellationToken)
    {
        entries[(entry.GrainId, entry.Name)] = entry;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(GrainId grainId, string name, CancellationToken cancellationToken)
    {
        entries.TryRemove((grainId, name), out _);
        return Task.CompletedTask;
    }
}
