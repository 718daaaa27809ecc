using System.Text.Json;
using Npgsql;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>How questions to persons stand in rows of PostgreSQL: the record as it is read, beside what it is found by.</summary>
internal static class ApprovalRows
{
    /// <summary>Those of an append as one JSON array, for the statement that writes it; null when it has none.</summary>
    public static string? Of(JournalAppend append) => append.Approvals.IsDefaultOrEmpty ? null : Of(append.Approvals);

    public static string Of(IEnumerable<Approval> approvals) => JsonSerializer.Serialize(approvals.Select(approval => new
    {
        step = approval.Step.Value,
        at = approval.Since.UtcTicks,
        status = (short)approval.Status,
        plan_id = Rows.Text(approval.PlanId),
        plan_name = Rows.Text(approval.PlanName),
        approvers = approval.Approvers.IsDefaultOrEmpty ? null : approval.Approvers.Select(Rows.Text).ToArray(),

        // The record is JSON, where a character 0 is six others.
        record = JsonSerializer.Serialize(approval, VocabularyJson.Types.Approval),
    }));

    /// <summary>Reads the row that a query of <c>record</c> stands on.</summary>
    public static Approval Read(NpgsqlDataReader row) => JsonSerializer.Deserialize(row.GetString(0), VocabularyJson.Types.Approval)!;
}
