using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>The rows by which workflows are found. What a workflow is accepted with (plan, tags, origin, creation) is written once.</summary>
internal sealed class WorkflowTable(SqliteConnection connection)
{
    public const string Columns =
        "w.id, w.version, w.status, w.waiting_for, w.plan_id, w.plan_name, w.priority, w.steps_done, w.steps_known, w.tags, " +
        "w.created_at, w.updated_at, w.due_at, w.calls_out, w.epoch, w.failure_code, w.origin";

    private readonly SqliteStatement head = connection.Prepared("SELECT version, epoch, status FROM workflow WHERE id = ?1");

    private readonly SqliteStatement insert = connection.Prepared(
        """
        INSERT INTO workflow (id, version, epoch, status, waiting_for, priority, steps_done, steps_known, updated_at, due_at, calls_out, failure_code,
          created_at, plan_id, plan_name, tags, origin)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        """);

    private readonly SqliteStatement update = connection.Prepared(
        """
        UPDATE workflow SET version = ?2, epoch = ?3, status = ?4, waiting_for = ?5, priority = ?6, steps_done = ?7, steps_known = ?8,
          updated_at = ?9, due_at = ?10, calls_out = ?11, failure_code = ?12
        WHERE id = ?1
        """);

    private readonly SqliteStatement insertTag = connection.Prepared("INSERT INTO workflow_tag (name, value, created_at, id) VALUES (?1, ?2, ?3, ?4)");

    public JournalHead Head(byte[] key)
    {
        if (!head.Bind(1, key).Step())
        {
            return default;
        }

        var found = new JournalHead(head.Int64(0), head.Int64(1), (WorkflowStatus)head.Int32(2));
        head.Reset();
        return found;
    }

    public void Insert(byte[] key, WorkflowSummary row)
    {
        BindState(insert, key, row)
            .Bind(13, row.CreatedAt.UtcTicks)
            .Bind(14, row.PlanId)
            .Bind(15, row.PlanName)
            .Bind(16, row.Tags.IsEmpty ? null : JsonSerializer.Serialize(row.Tags, VocabularyJson.Types.ImmutableSortedDictionaryStringString))
            .Bind(17, row.From is { } origin ? WorkflowKey.Of(origin) : null)
            .Run();
        foreach (var (name, value) in row.Tags)
        {
            insertTag.Bind(1, name).Bind(2, value).Bind(3, row.CreatedAt.UtcTicks).Bind(4, key).Run();
        }
    }

    public void Update(byte[] key, WorkflowSummary row) => BindState(update, key, row).Run();

    /// <summary>Reads the row that a query of <see cref="Columns"/> stands on.</summary>
    public static WorkflowSummary Read(SqliteStatement row) => new(
        Id: WorkflowKey.Parse(row.Blob(0)),
        Version: row.Int64(1),
        Status: (WorkflowStatus)row.Int32(2),
        WaitingFor: (WaitKind?)row.NullableInt64(3),
        PlanId: row.Text(4),
        PlanName: row.NullableText(5),
        Priority: row.Int32(6),
        StepsDone: row.Int32(7),
        StepsKnown: row.Int32(8),
        Tags: ReadTags(row.NullableText(9)),
        CreatedAt: Time(row.Int64(10)),
        UpdatedAt: Time(row.Int64(11)),
        DueAt: row.NullableInt64(12) is { } due ? Time(due) : null,
        CallsOut: row.Int32(13),
        Epoch: row.Int64(14),
        FailureCode: row.NullableText(15),
        From: row.IsNull(16) ? null : WorkflowKey.Parse(row.Blob(16)));

    public static ImmutableSortedDictionary<string, string> ReadTags(string? json) =>
        json is null
            ? ImmutableSortedDictionary<string, string>.Empty
            : JsonSerializer.Deserialize(json, VocabularyJson.Types.ImmutableSortedDictionaryStringString)!;

    /// <summary>A stored time: ticks of 100 ns since year 1, in UTC, so that no time changes by being kept.</summary>
    public static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private static SqliteStatement BindState(SqliteStatement statement, byte[] key, WorkflowSummary row) => statement
        .Bind(1, key)
        .Bind(2, row.Version)
        .Bind(3, row.Epoch)
        .Bind(4, (long)row.Status)
        .Bind(5, (long?)row.WaitingFor)
        .Bind(6, row.Priority)
        .Bind(7, row.StepsDone)
        .Bind(8, row.StepsKnown)
        .Bind(9, row.UpdatedAt.UtcTicks)
        .Bind(10, row.DueAt?.UtcTicks)
        .Bind(11, row.CallsOut)
        .Bind(12, row.FailureCode);
}
