using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Blobs;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_blobs(PostgresDatabase database) : StoredBlobContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IStore Store => store!;

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync("silo-1", Clock);
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();

    protected override async Task<long> PartsAsync() => (long)(await stores!.AskAsync("select count(*) from blob_part"))!;
}
