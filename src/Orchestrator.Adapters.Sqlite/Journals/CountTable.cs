using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>How many workflows are in each status: kept as counters, changed once a transaction, because counting rows costs as much as there are rows.</summary>
internal sealed class CountTable(SqliteConnection connection)
{
    private readonly long[] changes = new long[(int)WorkflowStatus.TimedOut + 1];

    private readonly SqliteStatement add = connection.Prepared(
        "INSERT INTO workflow_count (status, count) VALUES (?1, ?2) ON CONFLICT (status) DO UPDATE SET count = count + excluded.count");

    /// <summary>Notes a move from one status to another, None standing for not existing, before or after.</summary>
    public void Move(WorkflowStatus from, WorkflowStatus to)
    {
        changes[(int)from]--;
        changes[(int)to]++;
    }

    /// <summary>Writes what has been noted in this transaction.</summary>
    public void Flush()
    {
        for (var status = (int)WorkflowStatus.Queued; status < changes.Length; status++)
        {
            if (changes[status] != 0)
            {
                add.Bind(1, status).Bind(2, changes[status]).Run();
            }
        }

        Array.Clear(changes);
    }

    public static ImmutableSortedDictionary<WorkflowStatus, long> Read(SqliteConnection connection)
    {
        var rows = connection.Prepared("SELECT status, count FROM workflow_count WHERE count <> 0");
        var counts = ImmutableSortedDictionary.CreateBuilder<WorkflowStatus, long>();
        while (rows.Step())
        {
            counts.Add((WorkflowStatus)rows.Int32(0), rows.Int64(1));
        }

        return counts.ToImmutable();
    }
}
