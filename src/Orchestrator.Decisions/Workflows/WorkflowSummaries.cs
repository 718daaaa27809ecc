using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>The row by which a workflow is found.</summary>
public static class WorkflowSummaries
{
    public static WorkflowSummary Of(WorkflowState state, long epoch, WorkflowPolicy policy)
    {
        var accepted = state.Accepted ?? throw new InvalidOperationException($"Workflow '{state.Id}' has no beginning to summarise.");
        return new WorkflowSummary(
            state.Id,
            state.Version,
            state.Status,
            state.Status == WorkflowStatus.Waiting ? ForemostWait(state)?.Kind : null,
            accepted.Plan.Id,
            accepted.PlanName,
            accepted.Priority,
            state.StepsFinal,
            state.StepsKnown,
            accepted.Tags,
            state.CreatedAt,
            state.UpdatedAt,
            WakeAt(state, policy),
            state.CallsOut,
            epoch,
            state.Failure?.Code,
            accepted.Origin?.From);
    }

    // Who makes the calls, and the activation that waits for them, may both be lost while the process that wrote this row lives. Then nobody would ever
    // ask again, so while calls are out the row has a time, whatever the calls wait for.
    private static DateTimeOffset? WakeAt(WorkflowState state, WorkflowPolicy policy)
    {
        var check = state.CallsOut > 0 ? state.UpdatedAt + policy.CallsCheckedAfter : null;
        return check < state.NextDue || state.NextDue is null ? check : state.NextDue;
    }

    // A person's decision is what a reader can do something about, so it stands before timers.
    private static Wait? ForemostWait(WorkflowState state)
    {
        Wait? foremost = null;
        foreach (var wait in state.Waits.Values.Take(LookedAtMax))
        {
            if (wait.Kind == WaitKind.Approval)
            {
                return wait;
            }

            foremost ??= wait;
        }

        return foremost;
    }

    private const int LookedAtMax = 100;
}
