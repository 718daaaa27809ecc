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

    /// <summary>Newest first, from the one after <paramref name="after"/>; nothing when that one is no longer kept, for then neither is what came before it.</summary>
    public static ImmutableArray<DeadLetter> List(SqliteConnection connection, string? after, int limit)
    {
        var rows = after is null ? First(connection) : Rest(connection, after);
        var letters = ImmutableArray.CreateBuilder<DeadLetter>();
        while (letters.Count < limit && rows.Step())
        {
            letters.Add(Read(rows));
        }

        rows.Reset();
        return letters.DrainToImmutable();
    }

    private static SqliteStatement First(SqliteConnection connection) =>
        connection.Prepared("SELECT " + Columns + " FROM dead_letter ORDER BY at DESC, workflow DESC, step DESC");

    private static SqliteStatement Rest(SqliteConnection connection, string after)
    {
        // An id holds no ':', a step's path may.
        var split = after.IndexOf(':', StringComparison.Ordinal);
        return connection.Prepared(
                "SELECT " + Columns + " FROM dead_letter WHERE (at, workflow, step) < " +
                "(SELECT at, workflow, step FROM dead_letter WHERE workflow = ?1 AND step = ?2) ORDER BY at DESC, workflow DESC, step DESC")
            .Bind(1, WorkflowKey.Of(new WorkflowId(split < 0 ? after : after[..split])))
            .Bind(2, split < 0 ? "" : after[(split + 1)..]);
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
