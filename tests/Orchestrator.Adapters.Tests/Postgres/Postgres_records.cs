using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Grains;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_records(PostgresDatabase database) : RecordContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override IStore Store => store!;

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync("silo-1");
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();

    protected override async Task RestartAsync()
    {
        await stores!.CloseAsync(store!);
        store = await stores.OpenAsync("silo-1");
    }

    [StoreFact]
    public async Task of_two_silos_that_have_read_the_same_version_one_writes_and_the_other_is_told_what_stands()
    {
        var other = await stores!.OpenAsync("silo-2");
        await store!.GrainState.WriteAsync("agent", "limits", "{}"u8.ToArray(), etag: null, CancellationToken.None);

        for (var round = 0; round < 50; round++)
        {
            var read = (await other.GrainState.ReadAsync("agent", "limits", CancellationToken.None))!.ETag;
            var outcomes = await Task.WhenAll(((PostgresStore[])[store, other]).Select(
                silo => silo.GrainState.WriteAsync("agent", "limits", "{}"u8.ToArray(), read, CancellationToken.None).AsTask()));

            var won = outcomes.OfType<GrainStateOutcome.Done>().ShouldHaveSingleItem();
            outcomes.OfType<GrainStateOutcome.Conflict>().ShouldHaveSingleItem().ShouldBe(new GrainStateOutcome.Conflict(won.ETag));
        }
    }
}
