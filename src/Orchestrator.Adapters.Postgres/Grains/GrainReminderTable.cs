using System.Collections.Immutable;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Adapters.Postgres.Journals;
using Orchestrator.Execution.Grains;

namespace Orchestrator.Adapters.Postgres.Grains;

/// <summary>Grains' reminders on PostgreSQL, for the runtime that keeps none of its own.</summary>
internal sealed class GrainReminderTable(PostgresSource source) : IGrainReminderTable
{
    public ValueTask<ImmutableArray<GrainReminder>> ReadAllAsync(CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.AllAsync(
                "select grain, name, start_at, period from grain_reminder order by grain, name",
                row => new GrainReminder(row.GetString(0), row.GetString(1), Rows.Time(row.GetInt64(2)), TimeSpan.FromTicks(row.GetInt64(3))),
                cancelled),
            cancellationToken);

    public async ValueTask WriteAsync(GrainReminder reminder, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "insert into grain_reminder (grain, name, start_at, period) values ($1, $2, $3, $4) " +
                "on conflict (grain, name) do update set start_at = excluded.start_at, period = excluded.period",
                cancelled,
                reminder.Grain,
                reminder.Name,
                reminder.StartAt.UtcTicks,
                reminder.Period.Ticks),
            cancellationToken);

    public async ValueTask RemoveAsync(string grain, string name, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync("delete from grain_reminder where grain = $1 and name = $2", cancelled, grain, name), cancellationToken);
}
