using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What persons decide.</summary>
public static partial class WorkflowDecisions
{
    /// <summary>Takes a person's word on a step that waits for it. One person has one vote, and the first counts; who says the same again changes nothing.</summary>
    /// <param name="claimed">The name is what the caller said of themselves.</param>
    public static Decision<WorkflowEvent, WorkflowEffect> DecideApproval(
        WorkflowState state, StepPath path, bool approved, string by, string? reason, DecisionContext context, bool claimed = false)
    {
        if (!state.Exists)
        {
            return UnknownWorkflow(state);
        }

        if (!state.Steps.TryGetValue(path, out var step))
        {
            return UnknownStep(state, path);
        }

        if (step.Definition.Approval is not { } asked)
        {
            return Refused(RefusalCodes.StepNotWaiting, $"Step '{path}' waits for no approval.");
        }

        if (step.Approval is { Decided: { } decided } over)
        {
            return decided == approved
                ? Nothing
                : Refused(RefusalCodes.ApprovalDecided, $"Step '{path}' was {Word(decided)} before{(over.Expired ? ", when its time ran out" : "")}.");
        }

        if (step is not { Wait.Kind: WaitKind.Approval, Approval: { } approval })
        {
            return Refused(RefusalCodes.StepNotWaiting, $"Step '{path}' is {step.Status} and waits for no approval now.");
        }

        if (!ApprovalRules.MayDecide(asked, approval, by))
        {
            return Refused(RefusalCodes.ApprovalNotAllowed, $"'{by}' is not among those who may decide on step '{path}'.");
        }

        if (approval.VoteOf(by) is { } earlier)
        {
            return earlier.Approved == approved
                ? Nothing
                : Refused(RefusalCodes.ApprovalDecided, $"'{by}' has {Word(earlier.Approved)} step '{path}' before; one person has one vote.");
        }

        var progression = new Progression(state, context);
        progression.Vote(step, asked, new ApprovalVote(by, approved, reason, context.Now, claimed));
        return progression.Conclude();
    }

    private static string Word(bool approved) => approved ? "approved" : "rejected";
}

/// <summary>How approvals go on.</summary>
internal sealed partial class Progression
{
    public void Vote(StepState step, ApprovalRequest asked, ApprovalVote vote)
    {
        // Where one word decides, it is told once; where several do, each is an event and the last of them decides besides.
        if (ApprovalRules.QuorumOf(asked) > 1 || ApprovalRules.RejectionsOf(asked) > 1)
        {
            Happened(new ApprovalVoted(step.Path, vote.Approved, vote.By, vote.Reason, vote.Claimed));
        }

        if (ApprovalRules.VerdictOf(asked, step.Approval!.With(vote)) is not { } verdict)
        {
            return;
        }

        Happened(new ApprovalDecided(step.Path, verdict, vote.By, vote.Reason, vote.Claimed));
        if (verdict)
        {
            CompleteApproval(State.Step(step.Path), Payload.From(new { approved = true, by = vote.By, reason = vote.Reason }), ApprovalRules.QuorumOf(asked) > 1);
            return;
        }

        var because = vote.Reason is null ? "" : $": {vote.Reason}";
        GiveUp(step.Path, new StepFailure(FailureCodes.ApprovalRejected, $"{vote.By} rejected '{step.Path}'{because}", Retryable: false));
    }

    /// <summary>The moment has come at which others are asked, or at which nobody is waited for any more.</summary>
    private void FallApproval(StepState step)
    {
        var asked = step.Definition.Approval!;
        var approval = step.Approval!;
        if (ApprovalRules.EscalatesAt(asked, approval) is { } escalates && escalates <= context.Now)
        {
            // Who is asked on expiry has as long as the others had, from now on.
            var until = asked.Escalate!.After is null ? context.Now + asked.Expires : approval.Until;
            Happened(new ApprovalEscalated(step.Path, asked.Escalate.To, until));
            return;
        }

        var then = asked.OnExpiry is OnExpiry.Reject or OnExpiry.Approve ? asked.OnExpiry.Value : OnExpiry.Fail;
        Happened(new ApprovalExpired(step.Path, then));
        switch (then)
        {
            case OnExpiry.Approve:
                CompleteApproval(State.Step(step.Path), Payload.From(new { approved = true, by = (string?)null, reason = (string?)null, expired = true }), withVotes: false);
                break;
            case OnExpiry.Reject:
                GiveUp(step.Path, new StepFailure(FailureCodes.ApprovalRejected, $"Nobody decided on '{step.Path}' in time, which rejects it.", Retryable: false));
                break;
            default:
                GiveUp(step.Path, new StepFailure(FailureCodes.ApprovalExpired, $"Nobody decided on '{step.Path}' in time.", Retryable: false));
                break;
        }
    }

    private void CompleteApproval(StepState step, Payload answer, bool withVotes)
    {
        var last = step.Approval!.Votes.LastOrDefault();
        var output = withVotes
            ? Payload.From(new
            {
                approved = true,
                by = last?.By,
                reason = last?.Reason,
                votes = step.Approval.Votes.Select(vote => new { by = vote.By, approved = vote.Approved, reason = vote.Reason }).ToArray(),
            })
            : answer;
        Happened(new StepCompleted(step.Path, step.Attempt, output));
        AfterFinal(step.Path);
    }
}
