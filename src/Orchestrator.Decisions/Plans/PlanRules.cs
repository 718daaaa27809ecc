using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>What makes a plan a good one. Pure, and without recursion over steps, so that the largest plan costs no stack.</summary>
public static class PlanRules
{
    /// <summary>Everything that is wrong with the plan and the plans inside it, at most <see cref="PlanLimits.ProblemsMax"/> problems; empty when it may run.</summary>
    public static ImmutableArray<PlanProblem> Check(Plan plan)
    {
        var found = new PlanFindings();
        var open = new Stack<PlanToCheck>([new PlanToCheck(plan, "", Depth: 1, AfterFailure: false)]);
        var steps = 0;
        while (open.TryPop(out var next))
        {
            if (next.Depth > PlanLimits.NestingMax)
            {
                found.Add(PlanProblemCodes.TooDeep, next.Pointer, $"Plans are at most {PlanLimits.NestingMax} inside one another; here the next one begins.");
                continue;
            }

            steps += next.Plan.Steps.IsDefault ? 0 : next.Plan.Steps.Length;
            if (steps > PlanLimits.StepsMax)
            {
                found.Add(PlanProblemCodes.TooManySteps, next.Pointer + "/steps", $"A plan has at most {PlanLimits.StepsMax} steps, those of plans inside it included; here there are {steps}.");
                break;
            }

            CheckPlan(next, found);
            foreach (var inside in PlansInside(next))
            {
                open.Push(inside);
            }
        }

        return found.ToImmutable();
    }

    private static void CheckPlan(PlanToCheck checking, PlanFindings found)
    {
        var (plan, pointer) = (checking.Plan, checking.Pointer);
        if (!PlanIds.IsValid(plan.Id))
        {
            found.Add(PlanProblemCodes.BadId, pointer + "/id", $"The id of a plan is made of {PlanIds.Rule}; found '{plan.Id}'.");
        }

        StepRules.CheckDuration(plan.Timeout, pointer + "/timeout", "The timeout of a plan", found);
        CheckInputs(plan, pointer, found);
        if (plan.Steps.IsDefaultOrEmpty)
        {
            found.Add(PlanProblemCodes.Empty, pointer + "/steps", $"Plan '{plan.Id}' has no steps; it needs at least one.");
            return;
        }

        for (var i = 0; i < plan.Steps.Length; i++)
        {
            StepRules.Check(plan.Steps[i], $"{pointer}/steps/{i}", found);
        }

        var order = StepOrder.Check(plan, pointer, found);
        ReferenceRules.Check(checking, order, found);
    }

    private static void CheckInputs(Plan plan, string pointer, PlanFindings found)
    {
        if (plan.Inputs.IsDefaultOrEmpty)
        {
            return;
        }

        if (plan.Inputs.Length > PlanLimits.InputsMax)
        {
            found.Add(PlanProblemCodes.BadInput, pointer + "/inputs", $"A plan has at most {PlanLimits.InputsMax} inputs, found {plan.Inputs.Length}.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Inputs.Length; i++)
        {
            var input = plan.Inputs[i];
            if (!PlanIds.IsValid(input.Name))
            {
                found.Add(PlanProblemCodes.BadId, $"{pointer}/inputs/{i}/name", $"The name of an input is made of {PlanIds.Rule}; found '{input.Name}'.");
            }
            else if (!names.Add(input.Name))
            {
                found.Add(PlanProblemCodes.BadInput, $"{pointer}/inputs/{i}/name", $"The input '{input.Name}' is declared twice.");
            }

            if (input is { Required: true, Default: not null })
            {
                found.Add(PlanProblemCodes.BadInput, $"{pointer}/inputs/{i}/required", $"The input '{input.Name}' is required and has a default; the default would never be used. Leave one out.");
            }
        }
    }

    private static IEnumerable<PlanToCheck> PlansInside(PlanToCheck outer)
    {
        if (outer.Plan.FallbackPlan is { } fallback)
        {
            yield return new(fallback, outer.Pointer + "/fallbackPlan", outer.Depth + 1, AfterFailure: true);
        }

        if (outer.Plan.Steps.IsDefault)
        {
            yield break;
        }

        for (var i = 0; i < outer.Plan.Steps.Length; i++)
        {
            if (outer.Plan.Steps[i].SubPlan is { } sub)
            {
                yield return new(sub, $"{outer.Pointer}/steps/{i}/subPlan", outer.Depth + 1, AfterFailure: false);
            }

            if (outer.Plan.Steps[i].Fallback?.Plan is { } instead)
            {
                yield return new(instead, $"{outer.Pointer}/steps/{i}/fallback/plan", outer.Depth + 1, AfterFailure: true);
            }
        }
    }
}

/// <param name="AfterFailure">It runs because something failed, so its expressions may say <c>failure</c>.</param>
internal readonly record struct PlanToCheck(Plan Plan, string Pointer, int Depth, bool AfterFailure);
