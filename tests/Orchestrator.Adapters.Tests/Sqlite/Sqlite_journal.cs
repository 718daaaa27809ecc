using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Execution.Journals;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_journal : JournalContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly OpenStore open;

    public Sqlite_journal() => open = OpenStore.In(folder.Path);

    protected override IWorkflowJournal Journal => open.Store.Journal;

    protected override IWorkflowIndex Index => open.Store.Index;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }
}
