using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_journal(PostgresDatabase database) : JournalContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IWorkflowJournal Journal => store!.Journal;

    protected override IWorkflowIndex Index => store!.Index;

    protected override IProcessEpoch Epoch => store!.Epoch;

    protected override async Task RestartAsync(bool inGoodOrder)
    {
        await (inGoodOrder ? stores!.CloseAsync(store!) : stores!.KillAsync(store!));
        store = await stores.OpenAsync("silo-1");
    }

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync("silo-1");
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}
