using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What a step's expressions see, and the call that an attempt at it makes. The same state gives the same call, now or after a crash.</summary>
public static class Assignments
{
    public static EvaluationContext ContextOf(WorkflowState state, StepState step)
    {
        var scope = state.Scope(step.Scope);
        var undone = step.Undoes is { } path ? state.Step(path) : null;
        var item = (undone ?? step).Item;
        return new EvaluationContext(
            scope.Input,
            id => state.Steps.TryGetValue(scope.Path.Child(id), out var other) ? new StepResult(other.Status, other.Output, other.FinishedAt) : null,
            item?.Value,
            item?.Index,
            undone?.Output,
            scope.FailureBefore);
    }

    /// <summary>The step's input with its references filled in.</summary>
    public static Rendering InputOf(WorkflowState state, StepState step) =>
        step.Definition.Input is { } template ? Templates.Render(template, ContextOf(state, step)) : new Rendering(Payload.EmptyObject, null);

    /// <summary>The step's named limits with their keys filled in; default where it has none.</summary>
    public static (ImmutableArray<StepLimit> Limits, string? Problem) LimitsOf(WorkflowState state, StepState step)
    {
        if (step.Definition.Limits.IsDefaultOrEmpty)
        {
            return default;
        }

        var limits = ImmutableArray.CreateBuilder<StepLimit>(step.Definition.Limits.Length);
        foreach (var limit in step.Definition.Limits)
        {
            if (limit.Key is not { } template)
            {
                limits.Add(limit);
                continue;
            }

            var rendered = Templates.Render(Payload.From(template), ContextOf(state, step));
            if (rendered.Problem is { } problem)
            {
                return (default, problem);
            }

            using var key = rendered.Value.Parse();
            limits.Add(limit with { Key = key.RootElement.ToString() });
        }

        return (limits.ToImmutable(), null);
    }

    /// <summary>The call for the attempt that the step owes.</summary>
    public static WorkflowEffect.StartAttempt Of(WorkflowState state, StepState step, Payload input, WorkflowPolicy policy) => new(
        step.Path,
        step.Generation,
        step.Attempt,
        step.Definition.AgentId,
        step.Definition.Action ?? "",
        input,
        step.Definition.Timeout ?? policy.StepTimeout,
        step.Definition.Priority ?? state.Accepted!.Priority,
        KeyOf(state, step),
        step.Epoch,
        AskFirst: step is { Interrupted: true, Definition.OnUnknown: OnUnknown.Reconcile },
        Limits: LimitsOf(state, step).Limits);

    /// <summary>Workflow, place in the plan, item and generation: the same for every automatic attempt, another one after a retry by hand.</summary>
    public static string KeyOf(WorkflowState state, StepState step) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.Id}:{step.Path}:{step.Generation}");
}
