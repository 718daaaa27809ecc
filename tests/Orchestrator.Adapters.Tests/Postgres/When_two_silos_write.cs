using Npgsql;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Postgres;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Postgres;

/// <summary>What the append's remarks say of each race, made to happen: another session holds a row until the append is seen to wait for it.</summary>
public sealed class When_two_silos_write(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static readonly AppendOutcome Appended = AppendOutcome.Appended.Instance;

    private PostgresStores? stores;
    private PostgresStore? one;
    private PostgresStore? other;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        if (TestPostgres.WhyNone is null)
        {
            stores = new PostgresStores(database);
            (one, other) = (await stores.OpenAsync("one"), await stores.OpenAsync("other"));
        }
    }

    public async Task DisposeAsync()
    {
        if (stores is not null)
        {
            await stores.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task of_ten_thousand_races_for_one_workflow_each_has_one_winner()
    {
        const int races = 10_000;
        const int lanes = 50;
        var wins = new int[2];
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(async lane =>
        {
            var last = Accept(Id(lane));
            (await one!.Journal.AppendAsync(last, None)).ShouldBe(Appended);
            for (var race = 0; race < races / lanes; race++)
            {
                var next = race == 0 ? Start(last) : After(last, row => row, new WorkflowPaused("somebody", Reason: null));
                var outcomes = await Task.WhenAll(one!.Journal.AppendAsync(next, None).AsTask(), other!.Journal.AppendAsync(next, None).AsTask());
                outcomes.Count(outcome => outcome == Appended).ShouldBe(1);
                outcomes.Single(outcome => outcome != Appended).ShouldBe(new AppendOutcome.Conflict(next.Summary.Version, Epoch: 1));
                Interlocked.Increment(ref wins[outcomes[0] == Appended ? 0 : 1]);
                last = next;
            }
        }));

        wins.Sum().ShouldBe(races);
        (await stores!.AskAsync("select count(*) from journal")).ShouldBe((long)(races + lanes));
        (await stores.AskAsync("select count(*) from workflow w where version <> (select sum(count) from journal j where j.workflow = w.id)")).ShouldBe(0L);
        (await one!.Index.CountAsync(None)).ShouldBe([new(WorkflowStatus.Running, lanes)]);
    }

    [PostgresFact]
    public async Task of_two_that_begin_one_workflow_one_wins_and_their_neighbours_are_kept()
    {
        for (var round = 0; round < 200; round++)
        {
            var outcomes = await Task.WhenAll(new[] { one!, other! }.SelectMany((store, silo) => (JournalAppend[])
                [Accept(Id((round * 10) + 1)), Accept(Id((round * 10) + 2 + silo)), Accept(Id((round * 10) + 4))])
                .Select((append, i) => (i < 3 ? one! : other!).Journal.AppendAsync(append, None).AsTask()));

            outcomes.Count(outcome => outcome == Appended).ShouldBe(4);
            (outcomes[1], outcomes[4]).ShouldBe((Appended, Appended));
        }
    }

    [PostgresFact]
    public async Task of_two_with_one_key_one_wins_and_the_other_is_told_of_it()
    {
        for (var round = 0; round < 200; round++)
        {
            var request = new IdempotentRequest($"key-{round}", "print");
            var outcomes = await Task.WhenAll(
                one!.Journal.AppendAsync(Accept(Id(round * 2), request: request), None).AsTask(),
                other!.Journal.AppendAsync(Accept(Id((round * 2) + 1), request: request), None).AsTask());

            var winner = outcomes[0] == Appended ? 0 : 1;
            outcomes[winner].ShouldBe(Appended);
            outcomes[1 - winner].ShouldBe(new AppendOutcome.RequestSeen(Id((round * 2) + winner), "print"));
        }

        (await one!.Index.CountAsync(None)).ShouldBe([new(WorkflowStatus.Queued, 200)]);
    }

    [PostgresFact]
    public async Task an_append_that_waited_for_another_transaction_sees_what_that_one_has_left()
    {
        var accepted = Accept(Id(1));
        await one!.Journal.AppendAsync(accepted, None);

        var outcome = await WhileHeldAsync($"update workflow set version = 2, epoch = 9 where id = {Key(1)}", () => one.Journal.AppendAsync(Start(accepted), None).AsTask());

        outcome.ShouldBe(new AppendOutcome.Conflict(2, 9));
    }

    [PostgresFact]
    public async Task a_claim_between_two_appends_changes_nothing()
    {
        var accepted = Accept(Id(1));
        await one!.Journal.AppendAsync(accepted, None);

        var outcome = await WhileHeldAsync(
            $"update workflow set rests = 1, rest_until = clock_timestamp() + interval '1 hour' where id = {Key(1)}", () => one.Journal.AppendAsync(Start(accepted), None).AsTask());

        outcome.ShouldBe(Appended);
        (await stores!.AskAsync("select rests from workflow")).ShouldBe(0);
    }

    [PostgresFact]
    public async Task an_append_to_a_workflow_that_is_deleted_meanwhile_conflicts()
    {
        var done = await DoneAsync(Id(1));

        var outcome = await WhileHeldAsync(
            $"delete from workflow where id = {Key(1)}",
            () => one!.Journal.AppendAsync(After(done, row => row, new WorkflowPaused("late", Reason: null)), None).AsTask());

        outcome.ShouldBe(new AppendOutcome.Conflict(0, 0));
    }

    [PostgresFact]
    public async Task a_key_whose_first_user_gives_up_goes_to_the_second()
    {
        var outcome = await WhileHeldAsync(
            $"insert into request (key, fingerprint, workflow, at) values ('key', 'print', {Key(9)}, 0)",
            () => one!.Journal.AppendAsync(Accept(Id(1), request: new IdempotentRequest("key", "print")), None).AsTask(),
            end: "rollback");

        outcome.ShouldBe(Appended);
    }

    [PostgresFact]
    public async Task a_key_of_an_append_that_conflicts_stays_free()
    {
        await one!.Journal.AppendAsync(Accept(Id(1)), None);
        var request = new IdempotentRequest("key", "print");

        (await one.Journal.AppendAsync(Accept(Id(1), request: request), None)).ShouldBe(new AppendOutcome.Conflict(1, 1));
        (await one.Index.FindRequestAsync("key", None)).ShouldBeNull();
        (await other!.Journal.AppendAsync(Accept(Id(2), request: request), None)).ShouldBe(Appended);
    }

    [PostgresFact]
    public async Task a_sweeper_passes_over_what_another_is_claiming_or_somebody_writes()
    {
        foreach (var n in (int[])[1, 2])
        {
            var accepted = Accept(Id(n));
            await one!.Journal.AppendAsync(accepted with { Summary = accepted.Summary with { DueAt = Noon } }, None);
        }

        await using var holder = await stores!.ConnectAsync();
        await ExecuteAsync(holder, $"begin; update workflow set rests = rests where id = {Key(1)}");
        (await one!.Index.ClaimDueAsync(Noon.AddHours(1), limit: 10, default, None)).ShouldBe([Id(2)]);
        await ExecuteAsync(holder, "commit");
        (await one.Index.ClaimDueAsync(Noon.AddHours(1), limit: 10, default, None)).ShouldBe([Id(1), Id(2)]);
    }

    [PostgresFact]
    public async Task nothing_is_due_before_the_servers_clock_says_so()
    {
        var accepted = Accept(Id(1));
        await one!.Journal.AppendAsync(accepted with { Summary = accepted.Summary with { DueAt = TimeProvider.System.GetUtcNow().AddMinutes(10) } }, None);

        (await one.Index.ClaimDueAsync(TimeProvider.System.GetUtcNow().AddHours(1), limit: 10, default, None)).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task the_database_itself_forbids_that_a_finished_workflow_changes()
    {
        await DoneAsync(Id(1));

        (await Should.ThrowAsync<PostgresException>(() => stores!.AskAsync("update workflow set status = 2"))).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    [PostgresFact]
    public async Task a_fault_of_one_stops_none_of_the_others()
    {
        var done = await DoneAsync(Id(0));
        var revival = After(done, row => row with { Status = WorkflowStatus.Running }, new WorkflowResumed("nobody"));

        var appends = Enumerable.Range(1, 50).Select(n => one!.Journal.AppendAsync(n == 25 ? revival : Accept(Id(n)), None).AsTask()).ToArray();

        await Should.ThrowAsync<InvalidOperationException>(() => appends[24]);
        (await Task.WhenAll(appends.Where((_, i) => i != 24))).ShouldAllBe(outcome => outcome == Appended);
    }

    [PostgresFact]
    public async Task text_that_the_database_cannot_hold_is_kept_in_the_events()
    {
        var accept = Accept(Id(1), planName: "nul \0 in it", tags: System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("tag", "nul \0 too"));

        (await one!.Journal.AppendAsync(accept, None)).ShouldBe(Appended);

        (await one.Journal.ReadAsync(Id(1), after: 0, limit: 1, None))[0].Event.ShouldBeOfType<WorkflowAccepted>().PlanName.ShouldBe("nul \0 in it");
        (await one.Index.FindAsync(Id(1), None))!.Tags["tag"].ShouldBe("nul \uFFFD too");
    }

    private static string Key(int n) => $"'\\x{Id(n).Value}'::bytea";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Another transaction does something and stays open until the append waits for it; then it ends.</summary>
    private async Task<AppendOutcome> WhileHeldAsync(string change, Func<Task<AppendOutcome>> append, string end = "commit")
    {
        await using var holder = await stores!.ConnectAsync();
        await ExecuteAsync(holder, $"begin; {change}");
        var appending = append();
        while ((long)(await stores.AskAsync($"select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()"))! == 0)
        {
            appending.IsCompleted.ShouldBeFalse("The append did not wait.");
        }

        await ExecuteAsync(holder, end);
        return await appending;
    }

    private async Task<JournalAppend> DoneAsync(WorkflowId id)
    {
        var accept = Accept(id);
        var start = Start(accept);
        var done = Complete(start);
        foreach (var append in (JournalAppend[])[accept, start, done])
        {
            (await one!.Journal.AppendAsync(append, None)).ShouldBe(Appended);
        }

        return done;
    }
}
