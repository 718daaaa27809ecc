using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>Steps that failed for good.</summary>
internal sealed class DeadLetterTable(SqliteConnection connection)
{
    private const string Columns = "workflow, step, agent, action, failure, attempts, quarantined, at, redriven";

    private const string Selected =
        "SELECT " + Columns + " FROM dead_letter WHERE (?1 IS NULL OR agent = ?1) AND (?2 IS NULL OR json_extract(failure, '$.code') = ?2) " +
        "AND (?3 IS NULL OR (redriven IS NOT NULL) = ?3) AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5) ";

    private const string Behind = "AND (at, workflow, step) < (SELECT at, workflow, step FROM dead_letter WHERE workflow = ?7 AND step = ?8) ";

    private const string Order = "ORDER BY at DESC, workflow DESC, step DESC LIMIT ?6";

    private readonly SqliteStatement put = connection.Prepared(
        "INSERT OR REPLACE INTO dead_letter (" + Columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    public void Put(DeadLetter letter) => put
        .Bind(1, WorkflowKey.Of(letter.Workflow))
        .Bind(2, letter.Step.Value)
        .Bind(3, letter.Agent)
        .Bind(4, letter.Action)
        .Bind(5, JsonSerializer.Serialize(letter.Failure, VocabularyJson.Types.StepFailure))
        .Bind(6, letter.Attempts)
        .Bind(7, letter.Quarantined ? 1 : 0)
        .Bind(8, letter.At.UtcTicks)
        .Bind(9, letter.RedrivenAs is { } by ? WorkflowKey.Of(by) : null)
        .Run();

    public void MarkRedriven(WorkflowId workflow, StepPath step, WorkflowId by) =>
        connection.Prepared("UPDATE dead_letter SET redriven = ?3 WHERE workflow = ?1 AND step = ?2")
            .Bind(1, WorkflowKey.Of(workflow)).Bind(2, step.Value).Bind(3, WorkflowKey.Of(by)).Run();

    public static DeadLetter? Find(SqliteConnection connection, WorkflowId workflow, StepPath step)
    {
        var row = connection.Prepared("SELECT " + Columns + " FROM dead_letter WHERE workflow = ?1 AND step = ?2")
            .Bind(1, WorkflowKey.Of(workflow)).Bind(2, step.Value);
        if (!row.Step())
        {
            return null;
        }

        var letter = Read(row);
        row.Reset();
        return letter;
    }

    /// <summary>Those that are selected, newest first, from the one after <paramref name="after"/>; nothing when that one is no longer kept, for then neither is what came before it.</summary>
    public static ImmutableArray<DeadLetter> List(SqliteConnection connection, DeadLetterFilter filter, string? after, int limit)
    {
        // An id holds no ':', a step's path may.
        var split = after?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var (workflow, step) = after is null ? (null, null) : split < 0 ? (after, "") : (after[..split], after[(split + 1)..]);
        var rows = connection.Prepared(workflow is null ? Selected + Order : Selected + Behind + Order)
            .Bind(1, filter.Agent)
            .Bind(2, filter.Code)
            .Bind(3, filter.Redriven is { } redriven ? redriven ? 1L : 0L : null)
            .Bind(4, filter.From?.UtcTicks)
            .Bind(5, filter.Before?.UtcTicks)
            .Bind(6, (long)limit);
        if (workflow is not null)
        {
            rows.Bind(7, WorkflowKey.Of(new WorkflowId(workflow))).Bind(8, step);
        }

        var letters = ImmutableArray.CreateBuilder<DeadLetter>();
        while (rows.Step())
        {
            letters.Add(Read(rows));
        }

        return letters.DrainToImmutable();
    }

    private static DeadLetter Read(SqliteStatement row) => new(
        WorkflowKey.Parse(row.Blob(0)),
        new StepPath(row.Text(1)),
        row.NullableText(2),
        row.NullableText(3),
        JsonSerializer.Deserialize(row.Text(4), VocabularyJson.Types.StepFailure)!,
        row.Int32(5),
        row.Int64(6) != 0,
        WorkflowTable.Time(row.Int64(7)),
        row.IsNull(8) ? null : WorkflowKey.Parse(row.Blob(8)));
}
