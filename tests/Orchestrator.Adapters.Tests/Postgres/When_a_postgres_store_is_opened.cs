using System.ComponentModel.DataAnnotations;
using Npgsql;
using Orchestrator.Adapters.Postgres.Schema;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.Execution.Workflows;
using Orchestrator.Testing.Postgres;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Postgres;

public sealed class When_a_postgres_store_is_opened(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [PostgresFact]
    public async Task many_silos_may_make_it_at_the_same_time()
    {
        await using var stores = new PostgresStores(database);

        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => stores.OpenAsync(change: o => o.ReadConnections = 1)));

        opened.Select(store => store.Epoch.Current).Distinct().Count().ShouldBe(6);
        (await stores.AskAsync("select count(*) from schema_step")).ShouldBe((long)SchemaMigrations.All.Length);
    }

    [PostgresFact]
    public async Task a_database_that_acknowledges_what_it_has_not_kept_is_refused()
    {
        await using var own = await PostgresDatabase.CreateAsync();
        await using var stores = new PostgresStores(own);
        await RunAsync(own.ConnectionString, $"alter database {own.Name} set synchronous_commit = off");

        var refusal = await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync());

        refusal.Code.ShouldBe("store.unsafe");
        refusal.Message.ShouldContain("synchronous_commit = off, set by database; expected on");
        (await stores.AskAsync($"select count(*) from pg_namespace where nspname = '{stores.Schema}'")).ShouldBe(0L);
    }

    [PostgresFact]
    public async Task a_role_that_acknowledges_what_it_has_not_kept_is_refused()
    {
        await using var own = await PostgresDatabase.CreateAsync();
        await using var stores = new PostgresStores(own);
        await RunAsync(own.ConnectionString, $"do $$ begin execute format('alter role %I in database {own.Name} set synchronous_commit = off', current_user); end $$");

        (await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync())).Message.ShouldContain("synchronous_commit = off, set by database user");
    }

    [PostgresFact(OwnServer = true)]
    public async Task a_server_without_fsync_is_refused()
    {
        await using var server = await PostgresServer.StartAsync("fsync=off");
        await using var own = await PostgresDatabase.OnAsync(server);
        await using var stores = new PostgresStores(own);

        (await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync())).Message.ShouldContain("fsync = off, set by");
    }

    [PostgresFact]
    public async Task a_session_keeps_its_promise_when_the_default_changes_later()
    {
        await using var own = await PostgresDatabase.CreateAsync();
        await using var stores = new PostgresStores(own);
        var store = await stores.OpenAsync();
        await RunAsync(own.ConnectionString, $"alter database {own.Name} set synchronous_commit = off");

        await store.Journal.AppendAsync(Accept(Id(1)), CancellationToken.None);

        // Our sessions say so themselves when they begin, so what the database says counts for nobody who writes the journal.
        (await stores.AskAsync("show synchronous_commit")).ShouldBe("off");
        var settings = Orchestrator.Adapters.Postgres.Connections.PostgresSource.Settings(stores.Options(), "on", 1, 0);
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var show = new NpgsqlCommand("show synchronous_commit", connection);
        (await show.ExecuteScalarAsync()).ShouldBe("on");
    }

    [PostgresFact]
    public async Task a_newer_schema_is_used_when_it_says_so_and_refused_when_not()
    {
        await using var stores = new PostgresStores(database);
        await stores.CloseAsync(await stores.OpenAsync());
        var newest = SchemaMigrations.All[^1].Number;

        await stores.AskAsync($"insert into schema_step (number, usable_from) values ({newest + 1}, {newest})");
        await stores.CloseAsync(await stores.OpenAsync());

        await stores.AskAsync($"update schema_step set usable_from = {newest + 1} where number = {newest + 1}");
        (await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync())).Code.ShouldBe("store.newer");
    }

    [PostgresFact]
    public async Task a_schema_of_another_program_is_refused_and_left_as_it_was()
    {
        await using var stores = new PostgresStores(database);
        await stores.AskAsync($"create schema {stores.Schema}");
        await stores.AskAsync("create table recipe (name text)");

        (await Should.ThrowAsync<StoreRefusedException>(() => stores.OpenAsync())).Code.ShouldBe("store.foreign");
        (await stores.AskAsync($"select count(*) from pg_class where relnamespace = '{stores.Schema}'::regnamespace and relkind = 'r'")).ShouldBe(1L);
    }

    [PostgresFact]
    public async Task what_an_older_store_asks_of_persons_is_entered_into_the_inbox_once()
    {
        await using var stores = new PostgresStores(database);
        var first = await stores.OpenAsync();
        await AskingWorkflow.AppendAsync(first.Journal, 1);
        await first.Journal.AppendAsync(Accept(Id(2)), CancellationToken.None);
        await stores.CloseAsync(first);

        // As a store of version 5 would have it.
        await stores.AskAsync("drop table approval; drop table approval_owed; drop table blob; drop table blob_part; drop table blob_upload; drop table blob_use; delete from schema_step where number > 5;");
        await stores.AskAsync("do $$ declare f regprocedure; begin for f in select p.oid::regprocedure from pg_proc p where p.proname = 'append_3' and p.pronamespace = current_schema()::regnamespace loop execute 'drop function ' || f; end loop; end $$");
        var store = await stores.OpenAsync();
        (await store.Index.ApprovalsAsync(ApprovalFilter.None, null, 10, CancellationToken.None)).ShouldBeEmpty();

        (await new ApprovalBackfilling(store.ApprovalBackfill, store.Journal, WorkflowPolicy.Default).RunAsync(CancellationToken.None)).ShouldBe(2);

        var waiting = (await store.Index.ApprovalsAsync(new(ApprovalStatus.Waiting, "ana"), null, 10, CancellationToken.None)).ShouldHaveSingleItem();
        (waiting.Workflow, waiting.Step.Value, waiting.Prompt, waiting.Until).ShouldBe((Id(1), "ask", "Publish?", Noon.AddDays(1)));
        await store.ApprovalBackfill.KeepAsync(Id(1), [waiting with { Status = ApprovalStatus.Withdrawn }], CancellationToken.None);
        (await store.Index.FindApprovalAsync(Id(1), waiting.Step, CancellationToken.None))!.Status.ShouldBe(ApprovalStatus.Waiting, "what is there is newer");
        (await store.ApprovalBackfill.OwedAsync(10, CancellationToken.None)).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task a_crash_before_any_statement_of_a_migration_is_made_good_by_the_next_start()
    {
        // One schema for all of them: each start finds what the crash before it has left.
        await using var stores = new PostgresStores(database);
        foreach (var migration in SchemaMigrations.All)
        {
            for (var statement = 0; statement < migration.Statements.Length + 4; statement++)
            {
                await using var doomed = await stores.ConnectAsync();
                var (pid, crashed) = (doomed.ProcessID, false);
                await Should.ThrowAsync<Exception>(() => StoreSchema.MigrateAsync(doomed, stores.Schema, SchemaMigrations.All, CancellationToken.None, async (step, i) =>
                {
                    if (step == migration.Number && i == statement)
                    {
                        crashed = true;
                        await stores.AskAsync($"select pg_terminate_backend({pid}, 5000)");
                    }
                }));
                crashed.ShouldBeTrue();
                (await stores.AskAsync($"select to_regclass('{stores.Schema}.schema_step') is null")).ShouldBe(migration.Number == 1);
                if (migration.Number > 1)
                {
                    (await stores.AskAsync("select max(number) from schema_step")).ShouldBe(migration.Number - 1);
                }
            }

            await using var connection = await stores.ConnectAsync();
            await StoreSchema.MigrateAsync(connection, stores.Schema, SchemaMigrations.All[..migration.Number], CancellationToken.None);
            (await stores.AskAsync("select max(number) from schema_step")).ShouldBe(migration.Number);
        }
    }

    [PostgresFact]
    public async Task a_process_that_no_longer_renews_is_lost_to_the_others_and_stays_so()
    {
        await using var stores = new PostgresStores(database);
        var dying = await stores.OpenAsync("dying", change: Hasty);
        var watching = await stores.OpenAsync("watching", change: Hasty);
        watching.Epoch.FateOf(dying.Epoch.Current).ShouldBe(ProcessFate.Running);
        var leaving = await stores.OpenAsync("leaving", change: Hasty);
        await stores.CloseAsync(leaving);
        await stores.KillAsync(dying);

        await UntilAsync(() => watching.Epoch.FateOf(dying.Epoch.Current) == ProcessFate.Lost && watching.Epoch.FateOf(leaving.Epoch.Current) == ProcessFate.Left);
        watching.Epoch.FateOf(watching.Epoch.Current).ShouldBe(ProcessFate.Running);
        watching.Epoch.FateOf(long.MaxValue).ShouldBe(ProcessFate.Running);

        static void Hasty(Orchestrator.Adapters.Postgres.PostgresOptions options) =>
            (options.LeaseFor, options.LeaseEvery, options.ReadConnections) = (TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200), 1);
    }

    [Fact]
    public void an_option_out_of_its_range_stops_the_start_and_tells_no_secret()
    {
        const string secret = "Host=nowhere;Password=hunter2";
        foreach (var change in (Action<Orchestrator.Adapters.Postgres.PostgresOptions>[])
            [o => o.Writers = 0, o => o.Schema = "x; drop", o => o.LeaseFor = TimeSpan.FromSeconds(1), o => o.ReconnectFirst = TimeSpan.FromSeconds(5), o => o.ConnectionString = ""])
        {
            var options = new Orchestrator.Adapters.Postgres.PostgresOptions { ConnectionString = secret };
            change(options);
            Should.Throw<ValidationException>(options.Validate).ToString().ShouldNotContain("hunter2");
        }
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task UntilAsync(Func<bool> happened)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!happened())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
