using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Audits;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_audit(PostgresDatabase database) : AuditContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IStore Store => store!;

    protected override string NoTrigger => "alter table workflow disable trigger workflow_final";

    protected override string Gap => "delete from journal where first = 2";

    protected override async Task RunAsync(string sql) => await stores!.AskAsync(sql);

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync();
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}
