using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Who may decide, and what so many votes decide. Pure.</summary>
public static class ApprovalRules
{
    public static int QuorumOf(ApprovalRequest asked) => asked.Quorum ?? 1;

    public static int RejectionsOf(ApprovalRequest asked) => asked.Rejections ?? 1;

    /// <summary>Those who may decide; empty for everyone.</summary>
    public static ImmutableArray<string> ApproversOf(ApprovalRequest asked, ApprovalState? state)
    {
        ImmutableArray<string> named = asked.Approvers.IsDefault ? [] : asked.Approvers;
        return named.IsEmpty || state?.EscalatedAt is null ? named : [.. named.Union(asked.Escalate!.To, StringComparer.Ordinal)];
    }

    public static bool MayDecide(ApprovalRequest asked, ApprovalState state, string person) =>
        ApproversOf(asked, state) is var approvers && (approvers.IsEmpty || approvers.Contains(person, StringComparer.Ordinal));

    /// <summary>What the votes decide; null while they leave it open.</summary>
    /// <remarks>Rejected too when so many of those who are named have rejected that the quorum cannot be reached, and nobody else will be asked.</remarks>
    public static bool? VerdictOf(ApprovalRequest asked, ApprovalState state)
    {
        var approvals = state.Votes.Count(vote => vote.Approved);
        var rejections = state.Votes.Length - approvals;
        if (approvals >= QuorumOf(asked))
        {
            return true;
        }

        if (rejections >= RejectionsOf(asked))
        {
            return false;
        }

        var approvers = ApproversOf(asked, state);
        var final = asked.Escalate is null || state.EscalatedAt is not null;
        return final && !approvers.IsEmpty && approvers.Length - rejections < QuorumOf(asked) ? false : null;
    }

    /// <summary>When others are asked too, while it is undecided and they are not.</summary>
    public static DateTimeOffset? EscalatesAt(ApprovalRequest asked, ApprovalState state) =>
        state.EscalatedAt is not null || asked.Escalate is not { } escalation ? null
        : escalation.After is { } after ? state.Since + after
        : asked.OnExpiry == OnExpiry.Escalate ? state.Until
        : null;

    /// <summary>When time alone moves it.</summary>
    public static DateTimeOffset? DueOf(ApprovalRequest asked, ApprovalState state) =>
        state.EndedAt is not null ? null : EscalatesAt(asked, state) is { } escalates && (state.Until is null || escalates < state.Until) ? escalates : state.Until;
}
