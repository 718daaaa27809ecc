using Orchestrator.Adapters.Tests.Grains;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_records : RecordContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private OpenStore open;

    public Sqlite_records() => open = OpenStore.In(folder.Path);

    protected override IStore Store => open.Store;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }

    protected override async Task RestartAsync()
    {
        await open.DisposeAsync();
        open = OpenStore.In(folder.Path);
    }
}
