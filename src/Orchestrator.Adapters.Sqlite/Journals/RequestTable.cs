using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>Idempotency keys and the workflows they started.</summary>
internal sealed class RequestTable(SqliteConnection connection)
{
    private readonly SqliteStatement insert =
        connection.Prepared("INSERT INTO request (key, fingerprint, workflow, at) VALUES (?1, ?2, ?3, ?4)");

    public void Insert(IdempotentRequest request, byte[] workflow, DateTimeOffset at) =>
        insert.Bind(1, request.Key).Bind(2, request.Fingerprint).Bind(3, workflow).Bind(4, at.UtcTicks).Run();

    public static AppendOutcome.RequestSeen? Find(SqliteConnection connection, string key)
    {
        var row = connection.Prepared("SELECT workflow, fingerprint FROM request WHERE key = ?1").Bind(1, key);
        if (!row.Step())
        {
            return null;
        }

        var seen = new AppendOutcome.RequestSeen(WorkflowKey.Parse(row.Blob(0)), row.Text(1));
        row.Reset();
        return seen;
    }
}
