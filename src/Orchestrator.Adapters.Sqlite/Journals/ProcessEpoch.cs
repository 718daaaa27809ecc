using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>The number of this start, as a row of the store: durable before anything is written under it.</summary>
/// <remarks>One process has the store at a time, so every other start has ended; its row says whether in good order.</remarks>
internal sealed class ProcessEpoch : IProcessEpoch
{
    private readonly ImmutableHashSet<long> left;

    private ProcessEpoch(long current, ImmutableHashSet<long> left) => (Current, this.left) = (current, left);

    public long Current { get; }

    public string Owner => "";

    public bool IsAlone => true;

    public static ProcessEpoch Begin(SqliteConnection connection, TimeProvider clock)
    {
        using var row = connection.Prepare(
            "INSERT INTO epoch (number, started_at, process_id) SELECT 1 + coalesce(max(number), 0), ?1, ?2 FROM epoch RETURNING number");
        row.Bind(1, clock.GetUtcNow().UtcTicks).Bind(2, Environment.ProcessId);
        if (!row.Step())
        {
            throw new InvalidOperationException("A new epoch was written and did not say its number.");
        }

        var current = row.Int64(0);
        row.Run();
        return new(current, ThatLeft(connection));
    }

    public ProcessFate FateOf(long epoch) =>
        epoch == Current ? ProcessFate.Running
        : left.Contains(epoch) ? ProcessFate.Left
        : ProcessFate.Lost;

    // Only starts that have left calls behind will ever be asked for.
    private static ImmutableHashSet<long> ThatLeft(SqliteConnection connection)
    {
        using var rows = connection.Prepare(
            """
            SELECT number FROM epoch WHERE left_at IS NOT NULL
              AND number >= (SELECT min(epoch) FROM workflow INDEXED BY workflow_calls WHERE calls_out > 0 AND status < 6)
            """);
        var numbers = ImmutableHashSet.CreateBuilder<long>();
        while (rows.Step())
        {
            numbers.Add(rows.Int64(0));
        }

        return numbers.ToImmutable();
    }

    /// <summary>Notes that this start ends in good order. The last thing that is written under it.</summary>
    internal sealed class LeaveWrite(long epoch, DateTimeOffset at) : StoreWrite<bool>
    {
        public override int Bytes => 64;

        protected override bool Run(WriterSession session)
        {
            using var row = session.Connection.Prepare("UPDATE epoch SET left_at = ?2 WHERE number = ?1");
            row.Bind(1, epoch).Bind(2, at.UtcTicks).Run();
            return true;
        }
    }
}
