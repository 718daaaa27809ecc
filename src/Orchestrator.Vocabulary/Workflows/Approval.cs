using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>How far an approval is.</summary>
[GenerateSerializer, Alias("approval-status")]
[JsonConverter(typeof(SnakeCaseEnumConverter<ApprovalStatus>))]
public enum ApprovalStatus
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Waiting = 1,
    Approved = 2,
    Rejected = 3,

    /// <summary>Its time ran out, and the step failed.</summary>
    Expired = 4,

    /// <summary>Nobody needs it any more: the workflow was cancelled, timed out or went another way.</summary>
    Withdrawn = 5,
}

/// <summary>A question to persons and what became of it: the row of the inbox, written in the transaction that changes its workflow.</summary>
/// <param name="Approvers">Who may decide, those it was escalated to included; empty for everyone who may approve at all.</param>
/// <param name="Quorum">So many different persons must approve.</param>
/// <param name="Rejections">So many different persons' rejections reject.</param>
/// <param name="Since">When it was asked.</param>
/// <param name="Until">When it expires; null for never.</param>
/// <param name="EscalatesAt">When others are asked too, if it is undecided then; null once they are, or when nobody is.</param>
/// <param name="Votes">In the order in which they came; the last one decided, where anybody did.</param>
/// <param name="Expired">Time and not a person gave it its status.</param>
[GenerateSerializer, Immutable, Alias("approval")]
public sealed record Approval(
    [property: Id(0)] WorkflowId Workflow,
    [property: Id(1)] StepPath Step,
    [property: Id(2)] string PlanId,
    [property: Id(3)] string? PlanName,
    [property: Id(4)] string Prompt,
    [property: Id(5)] ImmutableArray<string> Approvers,
    [property: Id(6)] int Quorum,
    [property: Id(7)] int Rejections,
    [property: Id(8)] ApprovalStatus Status,
    [property: Id(9)] DateTimeOffset Since,
    [property: Id(10)] DateTimeOffset? Until,
    [property: Id(11)] DateTimeOffset? EscalatesAt,
    [property: Id(12)] DateTimeOffset? EscalatedAt,
    [property: Id(13)] ImmutableArray<ApprovalVote> Votes,
    [property: Id(14)] DateTimeOffset? EndedAt,
    [property: Id(15)] bool Expired = false)
{
    /// <summary>Names the approval in the API.</summary>
    [JsonIgnore]
    public string Id => Workflow.Value + ":" + Step.Value;
}

/// <summary>What one person said.</summary>
/// <param name="Claimed">The name is what the caller said of themselves; nobody asked for credentials.</param>
[GenerateSerializer, Immutable, Alias("approval-vote")]
public sealed record ApprovalVote(
    [property: Id(0)] string By,
    [property: Id(1)] bool Approved,
    [property: Id(2)] string? Reason,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] bool Claimed = false);

/// <summary>Which approvals are meant; what is null selects nothing away.</summary>
/// <param name="Approver">Those that this person may decide: who is named, and everyone where nobody is.</param>
/// <param name="Plan">The name or id of the plan.</param>
[GenerateSerializer, Immutable, Alias("approval-filter")]
public sealed record ApprovalFilter(
    [property: Id(0)] ApprovalStatus? Status = null, [property: Id(1)] string? Approver = null, [property: Id(2)] string? Plan = null)
{
    /// <summary>Selects all of them.</summary>
    public static ApprovalFilter None { get; } = new();

    public bool Selects(Approval approval) =>
        (Status is null || approval.Status == Status)
        && (Approver is null || approval.Approvers.IsDefaultOrEmpty || approval.Approvers.Contains(Approver, StringComparer.Ordinal))
        && (Plan is null || approval.PlanName == Plan || approval.PlanId == Plan);
}
