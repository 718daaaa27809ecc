using Orchestrator.Adapters.Postgres;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

/// <summary>Who counts as alive, who as lost, and who may not be there at all.</summary>
public sealed class When_processes_share_a_database(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [PostgresFact]
    public async Task when_all_were_cut_off_who_comes_back_is_alive_and_only_who_does_not_is_lost()
    {
        await using var stores = new PostgresStores(database);
        var one = await stores.OpenAsync("one", change: Hasty);
        await UntilAsync(async () => (await stores.AskAsync("select clock_timestamp() - started_at > interval '2.5 s' from processes")) is true);
        var other = await stores.OpenAsync("other", change: Hesitant);
        var dead = await stores.OpenAsync("dead", change: Hasty);

        // Nobody renews while somebody else has the table, and what is written there meanwhile is that they have not for longer than a lease. The one comes back first.
        await using (var holder = await stores.ConnectAsync())
        {
            await using var cut = await holder.BeginTransactionAsync();
            await ExecuteAsync(holder, "lock table processes in access exclusive mode");
            await stores.KillAsync(dead);
            await ExecuteAsync(holder, "update processes set renewed_at = renewed_at - interval '1 minute', renewed_until = renewed_until - interval '1 minute'");
            await cut.CommitAsync();
        }

        await UntilAsync(() => one.Epoch.FateOf(dead.Epoch.Current) == ProcessFate.Lost && other.Epoch.FateOf(dead.Epoch.Current) == ProcessFate.Lost);

        one.Epoch.FateOf(other.Epoch.Current).ShouldBe(ProcessFate.Running);
        other.Epoch.FateOf(one.Epoch.Current).ShouldBe(ProcessFate.Running);
        (one.Epoch.CountsAsLost, other.Epoch.CountsAsLost).ShouldBe((false, false));
        (await stores.AskAsync("select string_agg(owner, ' ') from processes where ended = 'lost'")).ShouldBe("dead");
    }

    [PostgresFact]
    public async Task one_that_was_cut_off_alone_for_longer_than_its_lease_says_that_it_counts_as_lost()
    {
        await using var stores = new PostgresStores(database);
        var watching = await stores.OpenAsync("watching", change: Hasty);
        var cut = await stores.OpenAsync("cut", change: options => (options.LeaseFor, options.LeaseEvery) = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2)));
        cut.Epoch.CountsAsLost.ShouldBeFalse();

        // As if it had last renewed a minute ago, while the other went on.
        await UntilAsync(async () => (await stores.AskAsync("select clock_timestamp() - started_at > interval '2 s' from processes where owner = 'watching'")) is true);
        await UntilAsync(async () =>
        {
            // Said again where it has renewed before the other looked.
            await stores.AskAsync(
                "update processes set renewed_at = renewed_at - interval '1 minute', renewed_until = renewed_at - interval '59 s' " +
                "where owner = 'cut' and ended_at is null and renewed_until > clock_timestamp()");
            return watching.Epoch.FateOf(cut.Epoch.Current) == ProcessFate.Lost;
        });
        await UntilAsync(() => cut.Epoch.CountsAsLost);
        watching.Epoch.CountsAsLost.ShouldBeFalse();
    }

    [PostgresFact]
    public async Task a_second_process_that_shares_with_nobody_is_refused_and_the_first_goes_on()
    {
        await using var stores = new PostgresStores(database);
        var first = await stores.OpenAsync("first", change: Hasty, alone: true);

        foreach (var alone in (bool[])[true, false])
        {
            var refusal = await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync("second", change: Hasty, alone: alone));

            refusal.Code.ShouldBe("store.in_use");
            refusal.Message.ShouldContain($"in use by process {first.Epoch.Current} of first, since ");
        }

        first.Epoch.CountsAsLost.ShouldBeFalse();
        (await stores.AskAsync("select count(*) from processes")).ShouldBe(1L);
    }

    [PostgresFact]
    public async Task a_silo_is_no_place_for_a_process_that_shares_with_nobody()
    {
        await using var stores = new PostgresStores(database);
        await stores.OpenAsync("silo", change: Hasty);

        (await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync("alone", change: Hasty, alone: true))).Code.ShouldBe("store.in_use");
    }

    [PostgresFact]
    public async Task after_a_crash_of_the_first_the_second_starts_and_a_restart_of_the_same_starts_at_once()
    {
        await using var stores = new PostgresStores(database);
        var first = await stores.OpenAsync("first", alone: true);
        await stores.KillAsync(first);

        // With a lease of ten seconds: its own earlier start keeps nobody waiting.
        var again = await stores.OpenAsync("first", alone: true).WaitAsync(TimeSpan.FromSeconds(8));
        again.Epoch.FateOf(first.Epoch.Current).ShouldBe(ProcessFate.Lost);
        await stores.CloseAsync(again);
        var third = await stores.OpenAsync("first", change: Hasty, alone: true);
        await stores.KillAsync(third);

        var second = await stores.OpenAsync("second", change: Hasty, alone: true);

        second.Epoch.FateOf(third.Epoch.Current).ShouldBe(ProcessFate.Lost);
        second.Epoch.FateOf(again.Epoch.Current).ShouldBe(ProcessFate.Left);
    }

    [PostgresFact]
    public async Task a_clock_that_is_wrong_is_measured_and_told_once()
    {
        await using var stores = new PostgresStores(database);
        var log = new Lines();
        var right = await stores.OpenAsync("right", change: Hasty);
        var wrong = await stores.OpenAsync("wrong", new AheadClock(TimeSpan.FromSeconds(90)), Hasty, loggers: log);

        await UntilAsync(() => wrong.Epoch.ClockSkew > TimeSpan.FromSeconds(80) && log.All.Any());

        wrong.Epoch.ClockSkew.ShouldBeInRange(TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(90));
        right.Epoch.ClockSkew.Duration().ShouldBeLessThan(TimeSpan.FromSeconds(5));
        log.All.ShouldHaveSingleItem().ShouldContain("s ahead of the database's");
    }

    private static void Hasty(PostgresOptions options) =>
        (options.LeaseFor, options.LeaseEvery, options.ReadConnections) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200), 1);

    private static void Hesitant(PostgresOptions options) => (options.LeaseFor, options.LeaseEvery) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    private static async Task ExecuteAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static Task UntilAsync(Func<bool> happened) => UntilAsync(() => Task.FromResult(happened()));

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await happened())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private sealed class AheadClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
