using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Retention;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Postgres;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_retention(PostgresDatabase database) : RetentionContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
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

    [StoreFact]
    public async Task two_silos_that_sweep_at_once_delete_each_workflow_once_and_count_it_once()
    {
        var other = await stores!.OpenAsync("silo-2", Clock);
        await Task.WhenAll(Enumerable.Range(1, 300).Select(n => Append(Accept(Id(n)), Start, Complete)));
        Clock.Advance(TimeSpan.FromDays(8));

        var swept = await Task.WhenAll(((PostgresStore[])[store!, other]).Select(silo => silo.Retention(new RetentionOptions { BatchMax = 10 }).SweepAsync(CancellationToken.None)));
        var rest = await other.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None);

        (swept.Sum(report => report.Workflows) + rest.Workflows).ShouldBe(300);
        (await store!.Index.CountAsync(CancellationToken.None)).ShouldBeEmpty();
        (await stores.AskAsync("select count(*) from journal")).ShouldBe(0L);
    }

    [StoreFact]
    public async Task a_workflow_that_somebody_writes_meanwhile_is_passed_over()
    {
        await Append(Accept(Id(1)), Start, Complete);
        Clock.Advance(TimeSpan.FromDays(8));
        await using (var writing = await stores!.ConnectAsync())
        {
            await using var transaction = await writing.BeginTransactionAsync();
            await using var touch = new Npgsql.NpgsqlCommand("update workflow set rests = 1", writing);
            await touch.ExecuteNonQueryAsync();
            (await Store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None)).Workflows.ShouldBe(0);
        }

        (await Store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None)).Workflows.ShouldBe(1);
    }

    [StoreFact]
    public async Task a_process_is_remembered_as_long_as_something_owes_it_an_answer()
    {
        await stores!.KillAsync(await stores.OpenAsync("gone"));
        await Append(Accept(Id(1), epoch: 2), Start);
        await stores.AskAsync("update processes set renewed_until = clock_timestamp() - interval '8 days', ended_at = clock_timestamp(), ended = 'lost' where epoch = 2");

        await Store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None);
        (await stores.AskAsync("select count(*) from processes where epoch = 2")).ShouldBe(1L);

        await stores.AskAsync("update workflow set calls_out = 0");
        await Store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None);
        (await stores.AskAsync("select count(*) from processes where epoch = 2")).ShouldBe(0L);
    }
}
