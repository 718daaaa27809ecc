using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>How values of ours stand in rows of PostgreSQL.</summary>
internal static class Rows
{
    public const string WorkflowColumns =
        "w.id, w.version, w.status, w.waiting_for, w.plan_id, w.plan_name, w.priority, w.steps_done, w.steps_known, w.tags, " +
        "w.created_at, w.updated_at, w.due_at, w.calls_out, w.epoch, w.failure_code, w.origin";

    public const string DeadLetterColumns = "workflow, step, agent, action, failure, attempts, quarantined, at, redriven";

    // PostgreSQL keeps no character 0 in a text. These columns are for finding; what was said stands in the events, as bytes.
    private const char Nothing = '\uFFFD';

    public static string? Text(string? text) => text?.Replace('\0', Nothing);

    public static string? Tags(ImmutableSortedDictionary<string, string> tags) =>
        tags.IsEmpty
            ? null
            : Text(JsonSerializer.Serialize(tags, VocabularyJson.Types.ImmutableSortedDictionaryStringString).Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal));

    /// <summary>A stored time: ticks of 100 ns since year 1, in UTC, so that no time changes by being kept.</summary>
    public static DateTimeOffset Time(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    /// <summary>Reads the row that a query of <see cref="WorkflowColumns"/> stands on.</summary>
    public static WorkflowSummary Workflow(NpgsqlDataReader row) => new(
        Id: Id(row, 0),
        Version: row.GetInt64(1),
        Status: (WorkflowStatus)row.GetInt16(2),
        WaitingFor: row.IsDBNull(3) ? null : (WaitKind)row.GetInt16(3),
        PlanId: row.GetString(4),
        PlanName: TextAt(row, 5),
        Priority: row.GetInt32(6),
        StepsDone: row.GetInt32(7),
        StepsKnown: row.GetInt32(8),
        Tags: row.IsDBNull(9)
            ? ImmutableSortedDictionary<string, string>.Empty
            : JsonSerializer.Deserialize(row.GetString(9), VocabularyJson.Types.ImmutableSortedDictionaryStringString)!,
        CreatedAt: Time(row.GetInt64(10)),
        UpdatedAt: Time(row.GetInt64(11)),
        DueAt: row.IsDBNull(12) ? null : Time(row.GetInt64(12)),
        CallsOut: row.GetInt32(13),
        Epoch: row.GetInt64(14),
        FailureCode: TextAt(row, 15),
        From: row.IsDBNull(16) ? null : Id(row, 16));

    /// <summary>Reads the row that a query of <see cref="DeadLetterColumns"/> stands on.</summary>
    public static DeadLetter DeadLetter(NpgsqlDataReader row) => new(
        Id(row, 0),
        new StepPath(row.GetString(1)),
        TextAt(row, 2),
        TextAt(row, 3),
        JsonSerializer.Deserialize(row.GetString(4), VocabularyJson.Types.StepFailure)!,
        row.GetInt32(5),
        row.GetBoolean(6),
        Time(row.GetInt64(7)),
        row.IsDBNull(8) ? null : Id(row, 8));

    public static WorkflowId Id(NpgsqlDataReader row, int column) => WorkflowKey.Parse(row.GetFieldValue<byte[]>(column));

    private static string? TextAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
