using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_journal : JournalContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private OpenStore open;

    public Sqlite_journal() => open = OpenStore.In(folder.Path);

    protected override IWorkflowJournal Journal => open.Store.Journal;

    protected override IWorkflowIndex Index => open.Store.Index;

    protected override IProcessEpoch Epoch => open.Store.Epoch;

    protected override async Task RestartAsync(bool inGoodOrder)
    {
        await open.DisposeAsync();
        if (!inGoodOrder)
        {
            // As if it had been killed: the last thing that it wrote is missing.
            using var connection = SqliteConnection.OpenReadWrite(open.Store.Folder.DatabaseFile, TimeSpan.FromSeconds(1));
            connection.Execute($"UPDATE epoch SET left_at = NULL WHERE number = {open.Store.Epoch.Current}");
        }

        open = OpenStore.In(folder.Path);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }
}
