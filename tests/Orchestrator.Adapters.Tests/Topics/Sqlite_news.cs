using Orchestrator.Adapters.Tests.Sqlite;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Adapters.Tests.Topics;

public sealed class Sqlite_news : WorkflowNewsContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly OpenStore open;

    public Sqlite_news() => open = OpenStore.In(folder.Path);

    protected override IWorkflowJournal Journal => open.Store.Journal;

    protected override ITopicLog Topics => open.Store.Topics;

    protected override IWorkflowNews News => open.Store.News;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }
}
