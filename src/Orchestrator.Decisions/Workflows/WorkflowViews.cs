using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>A workflow as its readers see it.</summary>
public static class WorkflowViews
{
    public static WorkflowView? Of(WorkflowState state)
    {
        if (state.Accepted is not { } accepted)
        {
            return null;
        }

        return new WorkflowView(
            state.Id,
            state.Version,
            state.Status,
            state.Status == WorkflowStatus.Completed ? 1 : (double)state.StepsFinal / state.StepsKnown,
            !state.IsFinal && state.Steps.Values.Any(MayGrow),
            accepted.Plan,
            accepted.PlanName,
            accepted.PlanVersion,
            accepted.Input,
            accepted.Priority,
            accepted.Tags,
            [.. InPlanOrder(state).Select(step => ViewOf(state, step))],
            state.Output,
            state.Failure,
            accepted.Origin,
            state.CreatedAt,
            state.UpdatedAt,
            state.FinishedAt,
            accepted.TraceParent,
            accepted.CallbackUrl);
    }

    /// <summary>Every step in the order its plan gives it; what a step unfolded into stands behind it.</summary>
    public static IEnumerable<StepState> InPlanOrder(WorkflowState state) => InPlanOrder(state, StepPath.Root);

    private static IEnumerable<StepState> InPlanOrder(WorkflowState state, StepPath scopePath)
    {
        if (!state.Scopes.TryGetValue(scopePath, out var scope))
        {
            yield break;
        }

        foreach (var definition in scope.Graph.Plan.Steps)
        {
            foreach (var step in WithWhatItUnfolded(state, scopePath.Child(definition.Id)))
            {
                yield return step;
            }
        }

        foreach (var step in InPlanOrder(state, scopePath.Child(StepPath.Fallback)))
        {
            yield return step;
        }
    }

    private static IEnumerable<StepState> WithWhatItUnfolded(WorkflowState state, StepPath path)
    {
        if (!state.Steps.TryGetValue(path, out var step))
        {
            yield break;
        }

        yield return step;
        for (var i = 0; i < (step.FanOut?.Count ?? 0); i++)
        {
            foreach (var item in WithWhatItUnfolded(state, path.Item(i)))
            {
                yield return item;
            }
        }

        foreach (var inner in InPlanOrder(state, path).Concat(InPlanOrder(state, path.Child(StepPath.StepFallback))))
        {
            yield return inner;
        }

        if (state.Steps.TryGetValue(path.Child(StepPath.Compensation), out var undoing))
        {
            yield return undoing;
        }
    }

    private static StepView ViewOf(WorkflowState state, StepState step)
    {
        var dependencies = step is { Item: null, Undoes: null } && state.Scope(step.Scope).Graph is { } graph
            ? graph.DependencyIdsOf(step.Definition.Id)
            : [];
        return new StepView(
            step.Path,
            step.Status,
            step.Definition.Kind,
            step.Definition.AgentId,
            step.Definition.Action,
            dependencies,
            step.Attempt,
            step.Generation,
            step.Status is StepStatus.Completed or StepStatus.Compensated ? step.Output : (Payload?)null,
            step.Failure,
            step.Wait,
            step.StartedAt,
            step.FinishedAt,
            step.Reused,
            step.Usage,
            step.Deferral);
    }

    private static bool MayGrow(StepState step) =>
        step is { Status: StepStatus.Pending, Definition: { ForEach: not null } or { Kind: StepKind.SubPlan } };
}
