using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>The number of this start, as a row of the store: durable before anything is written under it.</summary>
internal sealed record ProcessEpoch(long Current) : IProcessEpoch
{
    public static ProcessEpoch Begin(SqliteConnection connection, TimeProvider clock)
    {
        using var row = connection.Prepare(
            "INSERT INTO epoch (number, started_at, process_id) SELECT 1 + coalesce(max(number), 0), ?1, ?2 FROM epoch RETURNING number");
        row.Bind(1, clock.GetUtcNow().UtcTicks).Bind(2, Environment.ProcessId);
        if (!row.Step())
        {
            throw new InvalidOperationException("A new epoch was written and did not say its number.");
        }

        var epoch = new ProcessEpoch(row.Int64(0));
        row.Run();
        return epoch;
    }
}
