using System.Collections.Immutable;
using Orchestrator.Execution.Grains;
using Orchestrator.LocalRuntime;

namespace Orchestrator.SiloHosting.Local;

/// <summary>Keeps the reminders of the local runtime's grains in the store.</summary>
internal sealed class StoredReminders(IGrainReminderTable table) : IReminderTable
{
    public async Task<ImmutableArray<ReminderEntry>> ReadAllAsync(CancellationToken cancellationToken) =>
        [.. (await table.ReadAllAsync(cancellationToken)).Select(kept => new ReminderEntry(GrainId.Parse(kept.Grain), kept.Name, kept.StartAt, kept.Period))];

    public async Task WriteAsync(ReminderEntry entry, CancellationToken cancellationToken) =>
        await table.WriteAsync(new GrainReminder(entry.GrainId.ToString(), entry.Name, entry.StartAt, entry.Period), cancellationToken);

    public async Task RemoveAsync(GrainId grainId, string name, CancellationToken cancellationToken) =>
        await table.RemoveAsync(grainId.ToString(), name, cancellationToken);
}
