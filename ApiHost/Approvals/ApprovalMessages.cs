using System.Collections.Immutable;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Approvals;

/// <param name="Reason">Why; kept in the history. At most 1,000 characters.</param>
/// <param name="By">Who decides, where no credentials say it; kept in the history as what you claim.</param>
internal sealed record VoteRequest(string? Reason = null, string? By = null);

/// <summary>A question to persons, and what became of it.</summary>
/// <param name="Approvers">Who may decide, those it was escalated to included; none for everyone.</param>
/// <param name="Quorum">So many different persons must approve.</param>
/// <param name="Rejections">So many different persons' rejections reject.</param>
/// <param name="Until">When it expires.</param>
/// <param name="EscalatesAt">When others are asked too, if it is undecided then.</param>
/// <param name="Expired">Time and not a person gave it its status.</param>
/// <param name="Self">Its address, with the id percent-encoded.</param>
/// <param name="Approve">Where one approves; <paramref name="Reject"/>, where one rejects.</param>
internal sealed record InboxApprovalResponse(
    string Id,
    string Workflow,
    string Step,
    string PlanId,
    string? PlanName,
    string Prompt,
    ImmutableArray<string> Approvers,
    int Quorum,
    int Rejections,
    ApprovalStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    DateTimeOffset? EscalatesAt,
    DateTimeOffset? EscalatedAt,
    DateTimeOffset? EndedAt,
    bool Expired,
    ImmutableArray<VoteResponse> Votes,
    string Self,
    string Approve,
    string Reject)
{
    public static InboxApprovalResponse Of(Approval approval)
    {
        var self = "/api/v1/approvals/" + Uri.EscapeDataString(approval.Id);
        return new(
            approval.Id,
            approval.Workflow.Value,
            approval.Step.Value,
            approval.PlanId,
            approval.PlanName,
            approval.Prompt,
            approval.Approvers.IsDefault ? [] : approval.Approvers,
            approval.Quorum,
            approval.Rejections,
            approval.Status,
            approval.Since,
            approval.Until,
            approval.EscalatesAt,
            approval.EscalatedAt,
            approval.EndedAt,
            approval.Expired,
            [.. (approval.Votes.IsDefault ? [] : approval.Votes).Select(vote => new VoteResponse(vote.By, vote.Approved, vote.Reason, vote.At, vote.Claimed))],
            self,
            self + "/approve",
            self + "/reject");
    }
}

/// <param name="Claimed">The name is what the caller said of themselves; nobody asked for credentials.</param>
internal sealed record VoteResponse(string By, bool Approved, string? Reason, DateTimeOffset At, bool Claimed);
