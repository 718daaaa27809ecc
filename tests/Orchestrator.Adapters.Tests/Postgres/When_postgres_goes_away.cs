using Npgsql;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Postgres;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Postgres;

public sealed class When_postgres_goes_away
{
    [PostgresFact(OwnServer = true)]
    public async Task what_was_acknowledged_is_there_after_each_crash_and_appends_go_on_by_themselves()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OnAsync(server);
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => options.ReconnectMax = TimeSpan.FromMilliseconds(200));
        var (next, stop) = (0, false);
        using var acknowledged = new SemaphoreSlim(0);
        var kept = new System.Collections.Concurrent.ConcurrentBag<int>();
        var loads = Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                var n = Interlocked.Increment(ref next);
                try
                {
                    if (await store.Journal.AppendAsync(Accept(Id(n)), CancellationToken.None) is AppendOutcome.Appended)
                    {
                        kept.Add(n);
                        acknowledged.Release();
                    }
                }
                catch (StorageUnavailableException)
                {
                    // Whether this one was kept is unknown.
                }
            }
        })).ToArray();

        for (var crash = 0; crash < 3; crash++)
        {
            await MoreAsync(acknowledged, 200);
            await server.CrashAsync();
            await server.StartAgainAsync();
        }

        await MoreAsync(acknowledged, 200);
        stop = true;
        await Task.WhenAll(loads);
        foreach (var n in kept)
        {
            (await store.Journal.ReadAsync(Id(n), after: 0, limit: 2, CancellationToken.None)).Length.ShouldBe(1);
        }

        (await stores.AskAsync("select (select count(*) from workflow) - (select sum(count) from workflow_count)::bigint")).ShouldBe(0L);
    }

    [PostgresFact]
    public async Task a_session_that_is_terminated_costs_an_append_at_most_and_the_next_goes_through()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => options.ReconnectMax = options.ReconnectFirst);
        await store.Journal.AppendAsync(Accept(Id(1)), CancellationToken.None);

        for (var round = 0; round < 5; round++)
        {
            await stores.AskAsync("select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            var id = Id(100 + round);
            await UntilKeptAsync(store, id);
            (await store.Index.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("53100", true)]
    [InlineData("53300", false)]
    [InlineData("57P01", false)]
    [InlineData("08006", false)]
    [InlineData("25006", false)]
    [InlineData("58030", false)]
    public void what_the_server_says_becomes_a_store_that_is_away_or_full(string state, bool full)
    {
        var said = new PostgresException("something", "ERROR", "ERROR", state);

        PostgresFailures.IsOutside(said).ShouldBeTrue();
        PostgresFailures.ToUnavailable(said).Full.ShouldBe(full);
    }

    [Theory]
    [InlineData("23505")]
    [InlineData("42601")]
    [InlineData("22P02")]
    public void a_broken_belief_of_ours_stays_a_fault(string state) =>
        PostgresFailures.IsOutside(new PostgresException("something", "ERROR", "ERROR", state)).ShouldBeFalse();

    [Fact]
    public async Task a_server_that_is_not_there_is_said_to_be_away_without_its_password()
    {
        await using var stores = new PostgresStores("Host=127.0.0.1;Port=1;Username=nobody;Password=hunter2");

        var away = await Should.ThrowAsync<StorageUnavailableException>(() => stores.OpenAsync());

        away.ToString().ShouldNotContain("hunter2");
    }

    // As a caller does, that asks again: both writers may have lost their session, and each says so once or, while it connects again, twice.
    private static async Task UntilKeptAsync(PostgresStore store, WorkflowId id)
    {
        const int TriesMax = 5;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.Journal.AppendAsync(Accept(id), CancellationToken.None);
                return;
            }
            catch (StorageUnavailableException) when (tries < TriesMax)
            {
                // Not kept, or not known to be.
            }
        }
    }

    private static async Task MoreAsync(SemaphoreSlim acknowledged, int more)
    {
        for (var i = 0; i < more; i++)
        {
            (await acknowledged.WaitAsync(TimeSpan.FromMinutes(2))).ShouldBeTrue("no append was acknowledged for two minutes");
        }
    }
}
