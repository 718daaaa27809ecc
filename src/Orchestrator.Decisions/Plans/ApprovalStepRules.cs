using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>What a plan may ask of persons.</summary>
internal static class ApprovalStepRules
{
    public static void Check(string step, ApprovalRequest approval, string pointer, PlanFindings found)
    {
        if (string.IsNullOrWhiteSpace(approval.Prompt))
        {
            found.Add(PlanProblemCodes.MissingField, pointer + "/prompt", $"The approval of step '{step}' asks nothing; its prompt is what the person reads.");
        }

        CheckNames(approval.Approvers, pointer + "/approvers", found);
        CheckVotes(approval, pointer, found);
        if (approval is { OnExpiry: not null, Expires: null })
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/onExpiry", $"The approval of step '{step}' says what it becomes when it expires, but not when; say so with expires.");
        }

        CheckEscalation(step, approval, pointer, found);
    }

    private static void CheckVotes(ApprovalRequest approval, string pointer, PlanFindings found)
    {
        if (approval.Quorum is < 1 or > PlanLimits.ApproversMax)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/quorum", $"A quorum is 1 to {PlanLimits.ApproversMax} persons; found {approval.Quorum}.");
        }

        if (approval.Rejections is < 1 or > PlanLimits.ApproversMax)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/rejections", $"It takes 1 to {PlanLimits.ApproversMax} rejections to reject; found {approval.Rejections}.");
        }

        // Who is asked later may complete a quorum; who is named must be able to.
        var persons = approval.Approvers.IsDefaultOrEmpty ? int.MaxValue : approval.Approvers.Union(approval.Escalate?.To is { IsDefault: false } to ? to : []).Count();
        if (approval.Quorum > persons)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/quorum", $"A quorum of {approval.Quorum} cannot be reached by {persons} approvers.");
        }
    }

    private static void CheckEscalation(string step, ApprovalRequest approval, string pointer, PlanFindings found)
    {
        if (approval.Escalate is not { } escalation)
        {
            if (approval.OnExpiry == OnExpiry.Escalate)
            {
                found.Add(PlanProblemCodes.BadApproval, pointer + "/escalate", $"The approval of step '{step}' is escalated on expiry, but not to whom; say so with escalate: {{ to: […] }}.");
            }

            return;
        }

        if (escalation.To.IsDefaultOrEmpty)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/escalate/to", $"The approval of step '{step}' is escalated to nobody.");
        }

        CheckNames(escalation.To, pointer + "/escalate/to", found);
        if (approval.Approvers.IsDefaultOrEmpty)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/escalate", $"Everyone may decide on step '{step}', so there is nobody to escalate it to; name approvers.");
        }

        if (escalation.After is null == (approval.OnExpiry != OnExpiry.Escalate))
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/escalate", $"The approval of step '{step}' is escalated once: after a time (after), or on expiry (onExpiry: escalate).");
        }
        else if (escalation.After >= approval.Expires)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer + "/escalate/after", $"The approval of step '{step}' has expired by the time at which it is escalated.");
        }
    }

    private static void CheckNames(ImmutableArray<string> names, string pointer, PlanFindings found)
    {
        if (names.IsDefaultOrEmpty)
        {
            return;
        }

        if (names.Length > PlanLimits.ApproversMax)
        {
            found.Add(PlanProblemCodes.BadApproval, pointer, $"At most {PlanLimits.ApproversMax} persons are named; found {names.Length}.");
        }

        for (var i = 0; i < Math.Min(names.Length, PlanLimits.ApproversMax); i++)
        {
            if (string.IsNullOrWhiteSpace(names[i]) || names[i].Length > PlanLimits.ApproverLengthMax || names[i].Any(char.IsControl))
            {
                found.Add(PlanProblemCodes.BadApproval, $"{pointer}/{i}", $"The name of a person has 1 to {PlanLimits.ApproverLengthMax} characters, not all of them blank, and no control characters.");
            }
            else if (names.IndexOf(names[i]) < i)
            {
                found.Add(PlanProblemCodes.BadApproval, $"{pointer}/{i}", $"'{names[i]}' is named twice; one person has one vote.");
            }
        }
    }
}
