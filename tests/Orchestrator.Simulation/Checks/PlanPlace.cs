using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Simulation.Checks;

/// <summary>What the plan that a person asked for says about one path. Read from the plan alone, without the code that is checked.</summary>
/// <param name="Plan">The plan around the step.</param>
/// <param name="Definition">The step, or the call that undoes one.</param>
/// <param name="Scope">The path of the plan around it.</param>
/// <param name="Item">It is one item of a fan-out.</param>
/// <param name="Undoes">It undoes a step.</param>
internal sealed record PlanPlace(Plan Plan, Step Definition, string Scope, bool Item, bool Undoes)
{
    public int AttemptsMax => Definition.Retry?.MaxAttempts ?? 1;

    public bool IsFanOut => Definition.ForEach is not null && !Item;

    /// <summary>The paths of the steps that have to be done before this one.</summary>
    public ImmutableArray<string> Dependencies
    {
        get
        {
            if (Undoes)
            {
                return [];
            }

            var index = Plan.Steps.IndexOf(Plan.Steps.First(step => step.Id == Definition.Id));
            var ids = Plan.Mode == PlanMode.Sequential
                ? index == 0 ? [] : [Plan.Steps[index - 1].Id]
                : Definition.Dependencies.IsDefault ? [] : Definition.Dependencies;
            return [.. ids.Select(id => Scope.Length == 0 ? id : Scope + "/" + id)];
        }
    }

    public static PlanPlace Of(Plan root, string path)
    {
        var plan = root;
        Step? step = null;
        var (scope, walked, item) = ("", "", false);
        foreach (var segment in path.Split('/'))
        {
            var before = walked;
            walked = walked.Length == 0 ? segment : walked + "/" + segment;
            if (segment == StepPath.Compensation)
            {
                var undo = step!.Compensate!;
                return new PlanPlace(plan, new Step(segment, undo.AgentId, undo.Action, undo.Input, Retry: undo.Retry), scope, Item: false, Undoes: true);
            }

            if (segment == StepPath.Fallback)
            {
                // After a step, it is the fallback of the plan that the step runs.
                plan = (step is null ? plan : step.SubPlan!).FallbackPlan!;
                (scope, step) = (walked, null);
                continue;
            }

            if (segment == StepPath.StepFallback)
            {
                plan = step!.Fallback!.Plan ?? new Plan(step.Id, [step with
                {
                    AgentId = step.Fallback.AgentId, Action = step.Fallback.Action ?? step.Action, Dependencies = default, When = null, ForEach = null,
                    OnFailure = OnFailure.Fail, Fallback = null, Compensate = null, OnUnknown = OnUnknown.Repeat, Sleep = null, Approval = null, Signal = null, SubPlan = null,
                }]);
                (scope, step) = (walked, null);
                continue;
            }

            if (step is not null)
            {
                (plan, scope) = (step.SubPlan!, before);
            }

            var end = segment.IndexOf('[', StringComparison.Ordinal);
            item = end >= 0;
            step = plan.Steps.First(one => one.Id == (item ? segment[..end] : segment));
        }

        return new PlanPlace(plan, step!, scope, item, Undoes: false);
    }

    /// <summary>The plan of a scope.</summary>
    public static Plan ScopeAt(Plan root, string scope)
    {
        if (scope.Length == 0)
        {
            return root;
        }

        var parent = new StepPath(scope).Parent.Value;
        return new StepPath(scope).Name switch
        {
            StepPath.Fallback => ScopeAt(root, parent).FallbackPlan!,
            StepPath.StepFallback => Of(root, scope + "/" + StepIdOfInstead(root, parent)).Plan,
            _ => Of(root, scope).Definition.SubPlan!,
        };
    }

    private static string StepIdOfInstead(Plan root, string step) =>
        Of(root, step).Definition.Fallback?.Plan?.Steps[0].Id ?? Of(root, step).Definition.Id;
}
