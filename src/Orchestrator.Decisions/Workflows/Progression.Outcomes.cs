using Orchestrator.Decisions.Retries;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What follows from how an attempt or a step ended.</summary>
internal sealed partial class Progression
{
    /// <summary>An attempt failed: the step rests, or is given up.</summary>
    /// <param name="completion">The fingerprint of the completion that says so.</param>
    public void FailAttempt(StepPath path, StepFailure failure, CallUsage? usage = null, string? completion = null)
    {
        var step = State.Step(path);
        Happened(new AttemptFailed(path, step.Attempt, failure, usage, completion));
        var policy = step.Definition.Retry ?? RetryPolicy.Once;
        if (!Pauses.AllowsAnother(policy, step.Attempt, failure))
        {
            GiveUp(path, failure);
            return;
        }

        var draw = policy.Jitter > 0 ? Pauses.DrawFor(Assignments.KeyOf(State, step), step.Attempt) : 0;
        var due = context.Now + Pauses.After(policy, step.Attempt, failure.RetryAfter, draw);
        Happened(new RetryScheduled(path, step.Attempt + 1, due));
    }

    /// <summary>No attempt is left: what runs instead begins, or the step has failed for good.</summary>
    public void GiveUp(StepPath path, StepFailure failure, bool quarantined = false)
    {
        var step = State.Step(path);
        var instead = path.Child(StepPath.StepFallback);
        if (step is { Definition: { OnFailure: OnFailure.Fallback, Fallback: not null }, Undoes: null, FanOut: null } && !State.Scopes.ContainsKey(instead))
        {
            var input = Assignments.InputOf(State, step);
            if (input.Problem is null)
            {
                if (step.Status == StepStatus.Pending)
                {
                    Happened(new StepStarted(path, Attempt: 1, context.Epoch, step.Generation));
                }

                if (State.Step(path).CallOut)
                {
                    Happened(new AttemptFailed(path, State.Step(path).Attempt, failure));
                }

                Happened(new ScopeStarted(instead, input.Value));
                BeginScope(instead);
                return;
            }
        }

        Happened(failure.Code is FailureCodes.StepTimedOut or FailureCodes.AgentTimedOut or FailureCodes.PlanTimedOut
            ? new StepTimedOut(path, failure)
            : new StepFailed(path, failure, quarantined));
        AfterFinal(path);
    }

    /// <summary>A step is final: whoever waited for it may begin, or its plan is over.</summary>
    public void AfterFinal(StepPath path)
    {
        var step = State.Step(path);
        if (step.Undoes is { } undone)
        {
            if (step.Status == StepStatus.Completed)
            {
                Happened(new StepCompensated(undone));
            }

            if (UndoingAround(path) is { } undoing)
            {
                UndoNext(undoing.Path);
            }

            return;
        }

        var failed = step.Status is StepStatus.Failed or StepStatus.TimedOut && step.Definition.OnFailure != OnFailure.Continue;
        if (step.Item is { } item)
        {
            if (failed)
            {
                CancelWithin(other => IsItem(other, item.Of), $"Item {item.Index} of '{item.Of}' failed.");
                Happened(step.Status == StepStatus.TimedOut ? new StepTimedOut(item.Of, step.Failure!) : new StepFailed(item.Of, step.Failure!));
                AfterFinal(item.Of);
            }
            else
            {
                ready.Enqueue(item.Of);
            }

            return;
        }

        var scope = State.Scope(step.Scope);
        if (failed)
        {
            LoseScope(scope, step.Status, step.Failure!, undo: step.Definition.OnFailure == OnFailure.Compensate);
            return;
        }

        foreach (var dependent in scope.Graph.DependentsOf(step.Definition.Id))
        {
            var dependentPath = scope.Path.Child(scope.Graph.Plan.Steps[dependent].Id);
            if (State.Step(dependentPath).Missing == 0)
            {
                ready.Enqueue(dependentPath);
            }
        }

        if (scope.Unsettled == 0)
        {
            CompleteScope(scope);
        }
    }

    // An item's own path, or anything inside the plan that the item runs.
    private static bool IsItem(StepPath path, StepPath fanOut) =>
        path.Value.StartsWith(fanOut.Value, StringComparison.Ordinal) && path.Value.Length > fanOut.Value.Length && path.Value[fanOut.Value.Length] == '[';
}
