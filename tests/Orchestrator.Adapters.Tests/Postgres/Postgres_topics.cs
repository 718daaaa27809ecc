using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Topics;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_topics(PostgresDatabase database) : TopicLogContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override ITopicLog Log => store!.Topics;

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync();
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}
