using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Grains;

namespace Orchestrator.Adapters.Sqlite.Grains;

/// <summary>Grains' reminders in the embedded store, committed in the same groups as the journal.</summary>
internal sealed class GrainReminderTable(StoreWriter writer, ReadPool reads) : IGrainReminderTable
{
    public ValueTask<ImmutableArray<GrainReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        reads.ReadAsync(
            connection =>
            {
                var rows = connection.Prepared("SELECT grain, name, start_at, period FROM grain_reminder ORDER BY grain, name");
                var reminders = ImmutableArray.CreateBuilder<GrainReminder>();
                while (rows.Step())
                {
                    reminders.Add(new(rows.Text(0), rows.Text(1), new DateTimeOffset(rows.Int64(2), TimeSpan.Zero), TimeSpan.FromTicks(rows.Int64(3))));
                }

                return reminders.DrainToImmutable();
            },
            cancellationToken);

    public async ValueTask WriteAsync(GrainReminder reminder, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new Put(reminder), cancellationToken);

    public async ValueTask RemoveAsync(string grain, string name, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new Remove(grain, name), cancellationToken);

    private sealed class Put(GrainReminder reminder) : StoreWrite<bool>
    {
        public override int Bytes => 256;

        protected override bool Run(WriterSession session)
        {
            session.Connection.Prepared("INSERT OR REPLACE INTO grain_reminder (grain, name, start_at, period) VALUES (?1, ?2, ?3, ?4)")
                .Bind(1, reminder.Grain).Bind(2, reminder.Name).Bind(3, reminder.StartAt.UtcTicks).Bind(4, reminder.Period.Ticks)
                .Run();
            return true;
        }
    }

    private sealed class Remove(string grain, string name) : StoreWrite<bool>
    {
        public override int Bytes => 256;

        protected override bool Run(WriterSession session)
        {
            session.Connection.Prepared("DELETE FROM grain_reminder WHERE grain = ?1 AND name = ?2").Bind(1, grain).Bind(2, name).Run();
            return true;
        }
    }
}
