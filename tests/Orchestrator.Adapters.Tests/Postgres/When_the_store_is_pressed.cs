using Orchestrator.Adapters.Postgres;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Postgres;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Postgres;

/// <summary>More than the writers can take, and transactions that the server gives up for another's sake.</summary>
public sealed class When_the_store_is_pressed(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static CancellationToken None => CancellationToken.None;

    [PostgresFact]
    public async Task what_is_more_than_the_queue_holds_is_refused_at_once_and_what_was_queued_is_kept()
    {
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => (options.Writers, options.QueueWritesMax) = (1, 8));
        List<Task<AppendOutcome>> queued;
        await using (var holder = await stores.ConnectAsync())
        {
            await using var held = await holder.BeginTransactionAsync();
            await using (var stop = new Npgsql.NpgsqlCommand("lock table workflow in share mode", holder))
            {
                await stop.ExecuteNonQueryAsync();
            }

            queued = [.. Enumerable.Range(1, 8).Select(n => store.Journal.AppendAsync(Accept(Id(n)), None).AsTask())];
            var refused = Should.Throw<StorageUnavailableException>(() => store.Journal.AppendAsync(Accept(Id(9)), None).AsTask());

            refused.Full.ShouldBeFalse();
            refused.Message.ShouldContain("The store is behind: 8 appends");
            queued.ShouldAllBe(append => !append.IsCompleted);
            await held.RollbackAsync();
        }

        (await Task.WhenAll(queued)).ShouldAllBe(outcome => outcome == AppendOutcome.Appended.Instance);
        (await store.Index.FindAsync(Id(9), None)).ShouldBeNull();
        (await store.Journal.AppendAsync(Accept(Id(9)), None)).ShouldBe(AppendOutcome.Appended.Instance);
        store.Statistics.Refused.ShouldBe(1);
    }

    [PostgresFact]
    public async Task bytes_have_a_limit_too_and_one_that_is_larger_still_goes_alone()
    {
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => (options.Writers, options.QueueBytesMax) = (1, 1024 * 1024));
        var accepted = Accept(Id(1));
        await store.Journal.AppendAsync(accepted, None);
        var large = After(accepted, row => row, new Orchestrator.Vocabulary.Workflows.WorkflowPaused("somebody", Reason: new string('x', 2 * 1024 * 1024)));

        var first = store.Journal.AppendAsync(large, None).AsTask();
        var second = Should.Throw<StorageUnavailableException>(() => store.Journal.AppendAsync(Accept(Id(2)), None).AsTask());

        second.Message.ShouldContain("The store is behind: 1 appends");
        (await first).ShouldBe(AppendOutcome.Appended.Instance);
    }

    [PostgresTheory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task a_transaction_that_lost_a_race_is_run_again_until_it_wins(string state)
    {
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => options.Writers = 1);
        await LoseAsync(stores, state, times: 7);

        (await store.Journal.AppendAsync(Accept(Id(1)), None)).ShouldBe(AppendOutcome.Appended.Instance);

        store.Statistics.Races.ShouldBe(7);
        (await store.Journal.ReadAsync(Id(1), after: 0, limit: 10, None)).Length.ShouldBe(1);
        (await stores.AskAsync("select sum(count)::bigint from workflow_count")).ShouldBe(1L);
    }

    [PostgresFact]
    public async Task one_that_loses_for_ever_is_given_up_and_the_next_goes_through()
    {
        await using var stores = new PostgresStores(database);
        var store = await stores.OpenAsync(change: options => (options.Writers, options.ReconnectFirst) = (1, TimeSpan.FromMilliseconds(10)));
        await LoseAsync(stores, "40001", times: 8);

        var given = await Should.ThrowAsync<StorageUnavailableException>(() => store.Journal.AppendAsync(Accept(Id(1)), None).AsTask());

        given.Message.ShouldContain("(40001)");
        (await store.Index.FindAsync(Id(1), None)).ShouldBeNull();
        (await store.Journal.AppendAsync(Accept(Id(1)), None)).ShouldBe(AppendOutcome.Appended.Instance);
    }

    // A sequence goes on where a transaction is rolled back, so it counts the tries.
    private static Task LoseAsync(PostgresStores stores, string state, int times) => stores.AskAsync(
        $"""
        create sequence tries;
        create function lose() returns trigger language plpgsql as $body$
        begin
          if nextval('tries') <= {times} then raise exception 'could not be' using errcode = '{state}'; end if;
          return null;
        end
        $body$;
        create trigger lost before insert on journal for each statement execute function lose()
        """);
}
