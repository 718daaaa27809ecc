using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Topics;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_news(PostgresDatabase database) : WorkflowNewsContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IWorkflowJournal Journal => store!.Journal;

    protected override ITopicLog Topics => store!.Topics;

    protected override IWorkflowNews News => store!.News;

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync();
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}

[NeedsPostgres]
public sealed class Postgres_news_outbox(PostgresDatabase database) : NewsOutboxContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IWorkflowJournal Journal => store!.Journal;

    protected override INewsOutbox Outbox => store!.NewsOutbox;

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync();
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}
