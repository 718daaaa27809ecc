using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>Questions to persons: the record as it is read, beside what it is found by.</summary>
internal sealed class ApprovalTable(SqliteConnection connection)
{
    private const string Values = "INTO approval (workflow, step, at, status, plan_id, plan_name, approvers, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    private const string Found =
        "WHERE (?1 IS NULL OR plan_name = ?1 OR plan_id = ?1) " +
        "AND (?2 IS NULL OR approvers IS NULL OR EXISTS (SELECT 1 FROM json_each(approvers) WHERE json_each.value = ?2)) ";

    private const string Behind = "AND (at, workflow, step) < (SELECT at, workflow, step FROM approval WHERE workflow = ?4 AND step = ?5) ";

    private const string Order = "ORDER BY at DESC, workflow DESC, step DESC LIMIT ?3";

    private readonly SqliteStatement put = connection.Prepared("INSERT OR REPLACE " + Values);

    public void Put(Approval approval) => Bind(put, approval).Run();

    /// <summary>Leaves what is there alone.</summary>
    public void Add(Approval approval) => Bind(connection.Prepared("INSERT OR IGNORE " + Values), approval).Run();

    public void Settle(WorkflowId workflow) => connection.Prepared("DELETE FROM approval_owed WHERE workflow = ?1").Bind(1, WorkflowKey.Of(workflow)).Run();

    public static ImmutableArray<WorkflowId> Owed(SqliteConnection connection, int limit)
    {
        var rows = connection.Prepared("SELECT workflow FROM approval_owed ORDER BY workflow LIMIT ?1").Bind(1, (long)limit);
        var owed = ImmutableArray.CreateBuilder<WorkflowId>();
        while (rows.Step())
        {
            owed.Add(WorkflowKey.Parse(rows.Blob(0)));
        }

        rows.Reset();
        return owed.DrainToImmutable();
    }

    public static Approval? Find(SqliteConnection connection, WorkflowId workflow, StepPath step)
    {
        var row = connection.Prepared("SELECT record FROM approval WHERE workflow = ?1 AND step = ?2").Bind(1, WorkflowKey.Of(workflow)).Bind(2, step.Value);
        if (!row.Step())
        {
            return null;
        }

        var approval = Read(row);
        row.Reset();
        return approval;
    }

    /// <summary>Those that are selected, newest first, from the one after <paramref name="after"/>; nothing when that one is no longer kept, for then neither is what came before it.</summary>
    public static ImmutableArray<Approval> List(SqliteConnection connection, ApprovalFilter filter, string? after, int limit)
    {
        // The status stands in the statement, so that the index of those that wait can be used.
        var status = filter.Status is { } one ? string.Create(CultureInfo.InvariantCulture, $"AND status = {(int)one} ") : "";
        var rows = connection.Prepared("SELECT record FROM approval " + Found + status + (after is null ? "" : Behind) + Order)
            .Bind(1, filter.Plan)
            .Bind(2, filter.Approver)
            .Bind(3, (long)limit);
        if (after is not null)
        {
            // An id holds no ':', a step's path may.
            var split = after.IndexOf(':', StringComparison.Ordinal);
            rows.Bind(4, WorkflowKey.Of(new WorkflowId(split < 0 ? after : after[..split]))).Bind(5, split < 0 ? "" : after[(split + 1)..]);
        }

        var approvals = ImmutableArray.CreateBuilder<Approval>();
        while (rows.Step())
        {
            approvals.Add(Read(rows));
        }

        rows.Reset();
        return approvals.DrainToImmutable();
    }

    private static Approval Read(SqliteStatement row) => JsonSerializer.Deserialize(row.Text(0), VocabularyJson.Types.Approval)!;

    private static SqliteStatement Bind(SqliteStatement statement, Approval approval) => statement
        .Bind(1, WorkflowKey.Of(approval.Workflow))
        .Bind(2, approval.Step.Value)
        .Bind(3, approval.Since.UtcTicks)
        .Bind(4, (long)approval.Status)
        .Bind(5, approval.PlanId)
        .Bind(6, approval.PlanName)
        .Bind(7, approval.Approvers.IsDefaultOrEmpty ? null : JsonSerializer.Serialize(approval.Approvers, VocabularyJson.Types.ImmutableArrayString))
        .Bind(8, JsonSerializer.Serialize(approval, VocabularyJson.Types.Approval));
}
