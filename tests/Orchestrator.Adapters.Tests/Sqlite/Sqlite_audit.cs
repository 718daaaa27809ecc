using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Tests.Audits;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_audit : AuditContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly OpenStore open;

    public Sqlite_audit() => open = OpenStore.In(folder.Path);

    protected override IStore Store => open.Store;

    protected override string NoTrigger => "drop trigger workflow_final";

    protected override string Gap => "delete from journal where last = 2";

    protected override Task RunAsync(string sql)
    {
        using var connection = SqliteConnection.OpenReadWrite(open.Store.Folder.DatabaseFile, TimeSpan.FromSeconds(30));
        connection.Execute(sql);
        return Task.CompletedTask;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }
}
