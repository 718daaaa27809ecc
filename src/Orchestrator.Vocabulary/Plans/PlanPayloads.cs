using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Plans;

/// <summary>Every JSON value that a plan holds, with the plans inside it.</summary>
public static class PlanPayloads
{
    /// <returns>Each with what it is, such as <c>input of step 'quiz'</c>.</returns>
    public static IEnumerable<(string What, Payload Value)> Of(Plan plan)
    {
        foreach (var input in plan.Inputs.IsDefault ? [] : plan.Inputs)
        {
            if (input.Default is { } value)
            {
                yield return ($"default of input '{input.Name}'", value);
            }
        }

        foreach (var step in plan.Steps)
        {
            if (step.Input is { } input)
            {
                yield return ($"input of step '{step.Id}'", input);
            }

            if (step.ForEach is { } each)
            {
                yield return ($"items of step '{step.Id}'", each.Items);
            }

            if (step.Compensate?.Input is { } undone)
            {
                yield return ($"compensation of step '{step.Id}'", undone);
            }

            foreach (var inner in In(step.SubPlan).Concat(In(step.Fallback?.Plan)))
            {
                yield return inner;
            }
        }

        if (plan.Output is { } output)
        {
            yield return ("plan's output", output);
        }

        foreach (var inner in In(plan.FallbackPlan))
        {
            yield return inner;
        }
    }

    private static IEnumerable<(string What, Payload Value)> In(Plan? plan) => plan is null ? [] : Of(plan);
}
