using System.Globalization;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Sqlite.Schema;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.Execution.Workflows;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_a_store_is_opened : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Database => DataFolder.DatabaseFileIn(folder.Path);

    [Fact]
    public async Task each_start_has_a_higher_epoch_and_finds_what_was_kept()
    {
        for (var start = 1; start <= 3; start++)
        {
            await using var open = OpenStore.In(folder.Path);
            open.Store.Epoch.Current.ShouldBe(start);
            (await open.Store.Journal.AppendAsync(Accept(Id(start), epoch: start), CancellationToken.None)).ShouldBe(AppendOutcome.Appended.Instance);
            (await open.Store.Index.CountAsync(CancellationToken.None)).Values.Sum().ShouldBe(start);
        }
    }

    [Fact]
    public void a_newer_schema_is_refused_and_left_as_it_was()
    {
        Make(connection => StoreSchema.Migrate(connection, Database, SchemaMigrations.All));
        Make(connection => connection.Execute("PRAGMA user_version = " + (StoreSchema.Newest + 1).ToString(CultureInfo.InvariantCulture)));

        ShouldBeRefused("store.newer");
    }

    [Fact]
    public void a_database_of_another_program_is_refused_and_left_as_it_was()
    {
        Make(connection => connection.Execute("CREATE TABLE recipe (name TEXT)"));

        ShouldBeRefused("store.foreign");
    }

    [Fact]
    public void a_database_that_only_claims_another_program_is_refused()
    {
        Make(connection => connection.Execute("PRAGMA application_id = 42"));

        ShouldBeRefused("store.foreign");
    }

    [Fact]
    public void a_file_that_is_no_database_is_refused_and_left_as_it_was()
    {
        File.WriteAllText(Database, "Dear diary, " + new string('.', 5_000));

        ShouldBeRefused("store.foreign");
    }

    [Fact]
    public async Task an_older_schema_is_brought_up_to_date_and_keeps_what_it_holds()
    {
        Make(connection =>
        {
            StoreSchema.Migrate(connection, Database, SchemaMigrations.All[..1]);
            connection.Execute("INSERT INTO epoch VALUES (41, 0, 1)");
        });

        await using var open = OpenStore.In(folder.Path);

        open.Store.Epoch.Current.ShouldBe(42);
        (await open.Store.GrainState.ReadAsync("any/grain", "state", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task news_that_an_older_store_has_not_told_are_told_and_none_twice()
    {
        Make(connection =>
        {
            StoreSchema.Migrate(connection, Database, SchemaMigrations.All[..6]);
            connection.Execute("INSERT INTO topic (key, name, first, last, last_at) VALUES (7, 'workflows', 3, 4, 100)");
            connection.Execute("INSERT INTO topic_event VALUES (7, 3, 90, '1', '/w/a', 't', 'a', NULL, '{}'), (7, 4, 100, '1', '/w/b', 't', 'b', NULL, '{}')");
            foreach (var (source, id) in (ReadOnlySpan<(string, string)>)[("/w/b", "1"), ("/w/c", "1"), ("/w/b", "2")])
            {
                var news = SampleEvents.Sample(1) with { Source = source, Id = id };
                connection.Prepared("INSERT INTO news (event) VALUES (?1)").Bind(1, JsonSerializer.SerializeToUtf8Bytes(news, VocabularyJson.Types.CloudEvent)).Run();
            }
        });

        await using var open = OpenStore.In(folder.Path);

        var page = await open.Store.Topics.ReadAsync(WorkflowNews.Topic, 4, 10, CancellationToken.None);
        page.Events.Select(kept => (kept.Number, kept.Event.Source, kept.Event.Id)).ShouldBe([(5, "/w/c", "1"), (6, "/w/b", "2")]);
        page.Last.ShouldBe(6);
        var told = page.Events[0].Event;
        (told.Type, told.Subject, told.Data.ToString()).ShouldBe((SampleEvents.Sample(1).Type, SampleEvents.Sample(1).Subject, SampleEvents.Sample(1).Data.ToString()));
        told.Attributes.ShouldBe(SampleEvents.Sample(1).Attributes);
    }

    [Fact]
    public async Task what_an_older_store_asks_of_persons_is_entered_into_the_inbox_once()
    {
        await using (var first = OpenStore.In(folder.Path))
        {
            await AskingWorkflow.AppendAsync(first.Store.Journal, 1);
            await first.Store.Journal.AppendAsync(Accept(Id(2)), CancellationToken.None);
        }

        // As a store of version 7 would have it.
        Make(connection =>
        {
            foreach (var statement in (string[])["DROP TABLE approval", "DROP TABLE approval_owed", "DROP TABLE blob", "DROP TABLE blob_part", "DROP TABLE blob_upload", "DROP TABLE blob_use", "PRAGMA user_version = 7"])
            {
                connection.Execute(statement);
            }
        });
        await using var open = OpenStore.In(folder.Path);
        var store = open.Store;
        (await store.Index.ApprovalsAsync(ApprovalFilter.None, null, 10, CancellationToken.None)).ShouldBeEmpty();

        (await new ApprovalBackfilling(store.ApprovalBackfill, store.Journal, WorkflowPolicy.Default).RunAsync(CancellationToken.None)).ShouldBe(2);

        var waiting = (await store.Index.ApprovalsAsync(new(ApprovalStatus.Waiting, "ana"), null, 10, CancellationToken.None)).ShouldHaveSingleItem();
        (waiting.Workflow, waiting.Step.Value, waiting.Prompt, waiting.Until).ShouldBe((Id(1), "ask", "Publish?", Noon.AddDays(1)));
        await store.ApprovalBackfill.KeepAsync(Id(1), [waiting with { Status = ApprovalStatus.Withdrawn }], CancellationToken.None);
        (await store.Index.FindApprovalAsync(Id(1), waiting.Step, CancellationToken.None))!.Status.ShouldBe(ApprovalStatus.Waiting, "what is there is newer");
        (await store.ApprovalBackfill.OwedAsync(10, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_crash_between_any_two_statements_of_a_migration_is_made_good_by_the_next_start()
    {
        // Past the last statement too: what says that a step is done is part of the step.
        foreach (var migration in SchemaMigrations.All)
        {
            for (var statement = 0; statement <= migration.Statements.Length; statement += migration.Statements.Length > 4 ? 4 : 1)
            {
                var file = folder.File(string.Create(CultureInfo.InvariantCulture, $"{migration.Number}-{statement}.db"));
                using (var process = DoomedProcess.Start(
                    "migrate", file, migration.Number.ToString(CultureInfo.InvariantCulture), statement.ToString(CultureInfo.InvariantCulture)))
                {
                    await process.WaitForExitAsync();
                    process.ExitCode.ShouldNotBe(0);
                }

                StoreSchema.Inspect(file).ShouldBe(migration.Number - 1);
                using var connection = SqliteStore.OpenWriter(file, new SqliteOptions());
                StoreSchema.Migrate(connection, file, SchemaMigrations.All);
                StoreSchema.Migrate(connection, file, SchemaMigrations.All);
                connection.Scalar("PRAGMA user_version").ShouldBe(StoreSchema.Newest);
                connection.ScalarText("PRAGMA integrity_check").ShouldBe("ok");
            }
        }
    }

    [Fact]
    public void an_option_out_of_its_range_stops_the_start()
    {
        Should.Throw<System.ComponentModel.DataAnnotations.ValidationException>(() => OpenStore.In(folder.Path, new SqliteOptions { BatchWritesMax = 0 }));
        Should.Throw<System.ComponentModel.DataAnnotations.ValidationException>(() => OpenStore.In(folder.Path, new SqliteOptions { PageSize = 5_000 }));
        File.Exists(Database).ShouldBeFalse();
    }

    private void Make(Action<SqliteConnection> make)
    {
        using var connection = SqliteConnection.OpenReadWrite(Database, TimeSpan.Zero);
        make(connection);
    }

    private void ShouldBeRefused(string code)
    {
        var before = File.ReadAllBytes(Database);

        var refusal = Should.Throw<StoreRefusedException>(() => OpenStore.In(folder.Path));

        refusal.Code.ShouldBe(code);
        refusal.Message.ShouldContain(Database);
        File.ReadAllBytes(Database).ShouldBe(before);
    }
}
