using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>The rows of the inbox: questions to persons, as the workflow remembers them.</summary>
public static class Approvals
{
    /// <summary>Those that the newest events have asked or changed, each as it stands after all of them.</summary>
    public static ImmutableArray<Approval> In(WorkflowState state, ImmutableArray<JournalEntry> entries)
    {
        ImmutableArray<Approval>.Builder? found = null;
        foreach (var entry in entries)
        {
            // What can no longer be decided ends with its step, or when something else begins in its place.
            StepPath? touched = entry.Event switch
            {
                StepWaiting { Wait.Kind: WaitKind.Approval } e => e.Step,
                ApprovalVoted e => e.Step,
                ApprovalDecided e => e.Step,
                ApprovalEscalated e => e.Step,
                ApprovalExpired e => e.Step,
                StepCancelled e => e.Step,
                StepFailed e => e.Step,
                _ => null,
            };
            if (touched is { } path && state.Steps.TryGetValue(path, out var step) && Of(state, step) is { } approval && found?.Any(one => one.Step == path) != true)
            {
                found ??= ImmutableArray.CreateBuilder<Approval>();
                found.Add(approval);
            }
        }

        return found?.ToImmutable() ?? [];
    }

    /// <summary>All that were ever asked, in the order of their steps' paths.</summary>
    public static ImmutableArray<Approval> All(WorkflowState state) =>
    [
        .. state.Steps.Values.OrderBy(step => step.Path.Value, StringComparer.Ordinal).Select(step => Of(state, step)).OfType<Approval>(),
    ];

    private static Approval? Of(WorkflowState state, StepState step)
    {
        if (step is not { Approval: { } approval, Definition.Approval: { } asked })
        {
            return null;
        }

        var accepted = state.Accepted ?? throw new InvalidOperationException($"Workflow '{state.Id}' asks for an approval and has no beginning.");
        var status = StatusOf(step, approval);
        var waits = status == ApprovalStatus.Waiting;
        return new Approval(
            state.Id,
            step.Path,
            accepted.Plan.Id,
            accepted.PlanName,
            approval.Prompt,
            ApprovalRules.ApproversOf(asked, approval),
            ApprovalRules.QuorumOf(asked),
            ApprovalRules.RejectionsOf(asked),
            status,
            approval.Since,
            approval.Until,
            waits ? ApprovalRules.EscalatesAt(asked, approval) : null,
            approval.EscalatedAt,
            approval.Votes,
            waits ? null : approval.EndedAt ?? step.FinishedAt ?? state.UpdatedAt,
            approval.Expired);
    }

    private static ApprovalStatus StatusOf(StepState step, ApprovalState approval) => approval switch
    {
        { Decided: true } => ApprovalStatus.Approved,
        { Decided: false } => ApprovalStatus.Rejected,
        { Expired: true } => ApprovalStatus.Expired,
        _ => step.Wait?.Kind == WaitKind.Approval ? ApprovalStatus.Waiting : ApprovalStatus.Withdrawn,
    };
}
