using System.Buffers;
using System.Text.Json;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What follows when a plan inside the workflow is over.</summary>
internal sealed partial class Progression
{
    public void TimeOutScope(ScopeState scope)
    {
        var plan = scope.Graph.Plan;
        LoseScope(
            scope,
            StepStatus.TimedOut,
            new StepFailure(FailureCodes.PlanTimedOut, $"Plan '{plan.Id}' timed out after {plan.Timeout!.Value.TotalSeconds:0.###} s.", Retryable: false),
            undo: false);
    }

    public void Cancel(string by, string? reason)
    {
        CancelWithin(_ => true, $"The workflow was cancelled by {by}.");
        Happened(new WorkflowCancelled(by, reason));
    }

    private void CompleteScope(ScopeState scope)
    {
        var output = OutputOf(scope);
        if (output.Problem is { } problem)
        {
            LoseScope(scope, StepStatus.Failed, new StepFailure(FailureCodes.BadOutput, problem, Retryable: false), undo: false);
            return;
        }

        if (!scope.Path.IsRoot)
        {
            Happened(new ScopeSettled(scope.Path, StepStatus.Completed, output.Value));
        }

        if (OwnerOf(scope) is { } owner)
        {
            Happened(new StepCompleted(owner, Attempt: 1, output.Value));
            AfterFinal(owner);
        }
        else
        {
            Happened(new WorkflowCompleted(output.Value));
        }
    }

    private void LoseScope(ScopeState scope, StepStatus outcome, StepFailure failure, bool undo)
    {
        // A plan inside that was undoing hands what it has begun to undo to this one: half an undoing is worse than none.
        CancelWithin(path => scope.Holds(path) && !(undo && path.Name == StepPath.Compensation), $"Plan '{scope.Graph.Plan.Id}' ended: {failure.Message}");
        if (undo)
        {
            Happened(new CompensationStarted(scope.Path, failure));
            UndoNext(scope.Path);
        }
        else
        {
            HandOver(scope, outcome, failure);
        }
    }

    /// <summary>The fallback takes over where there is one; otherwise whoever owns the plan has failed.</summary>
    private void HandOver(ScopeState scope, StepStatus outcome, StepFailure failure)
    {
        if (scope.Graph.Plan.FallbackPlan is not null)
        {
            var fallback = scope.Path.Child(StepPath.Fallback);
            Happened(new ScopeSettled(scope.Path, outcome, Payload.Null, failure));
            Happened(new ScopeStarted(fallback, scope.Input));
            BeginScope(fallback);
            return;
        }

        if (!scope.Path.IsRoot)
        {
            Happened(new ScopeSettled(scope.Path, outcome, Payload.Null, failure));
        }

        if (OwnerOf(scope) is { } owner)
        {
            GiveUp(owner, failure);
        }
        else
        {
            Happened(outcome == StepStatus.TimedOut ? new WorkflowTimedOut(failure) : new WorkflowFailed(failure));
        }
    }

    // The step that a sub-plan, or what runs instead of a step, answers for; null where the plan is the workflow's own.
    private static StepPath? OwnerOf(ScopeState scope)
    {
        var origin = scope.Origin;
        return origin.IsRoot ? null : origin.Name == StepPath.StepFallback ? origin.Parent : origin;
    }

    private Rendering OutputOf(ScopeState scope)
    {
        var plan = scope.Graph.Plan;
        if (plan.Output is { } template)
        {
            return Templates.Render(template, new EvaluationContext(
                scope.Input,
                id => State.Steps.TryGetValue(scope.Path.Child(id), out var step) ? new StepResult(step.Status, step.Output, step.FinishedAt) : null,
                Failure: scope.FailureBefore));
        }

        var leaves = scope.Graph.Leaves().ToList();
        return new Rendering(leaves.Count == 1 ? State.Step(scope.Path.Child(leaves[0].Id)).Output : JoinLeaves(scope, leaves), null);
    }

    private Payload JoinLeaves(ScopeState scope, List<Step> leaves)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var leaf in leaves)
            {
                writer.WritePropertyName(leaf.Id);
                writer.WriteRawValue(State.Step(scope.Path.Child(leaf.Id)).Output.Utf8.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return Payload.FromTrustedUtf8(buffer.WrittenMemory);
    }
}
