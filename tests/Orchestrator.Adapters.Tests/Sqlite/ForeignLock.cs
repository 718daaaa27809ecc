using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;

namespace Orchestrator.Adapters.Tests.Sqlite;

/// <summary>Another program that holds the store's write lock: nothing can be committed until it lets go.</summary>
internal sealed class ForeignLock : IDisposable
{
    private readonly SqliteConnection connection;

    public ForeignLock(string folder)
    {
        connection = SqliteConnection.OpenReadWrite(DataFolder.DatabaseFileIn(folder), TimeSpan.FromSeconds(10));
        connection.Execute("BEGIN IMMEDIATE");
    }

    public void Dispose()
    {
        connection.Execute("ROLLBACK");
        connection.Dispose();
    }
}
