using System.Collections.Immutable;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>Expressions refer to what is there, and to what is done by then.</summary>
internal static class ReferenceRules
{
    public static void Check(PlanToCheck checking, StepOrder order, PlanFindings found)
    {
        var plan = checking.Plan;
        var inputs = plan.Inputs.IsDefaultOrEmpty ? null : plan.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            var pointer = $"{checking.Pointer}/steps/{i}";
            var place = new ReferencePlace(order, inputs, i, checking.AfterFailure, FanOut: false, Undoing: false);
            if (step.When is { } when)
            {
                Judge(References.In(when), pointer + "/when", place, found);
            }

            if (step.ForEach is { } forEach)
            {
                Judge(References.In(forEach.Items), pointer + "/forEach/items", place, found);
                place = place with { FanOut = true };
            }

            if (step.Input is { } input)
            {
                Judge(References.In(input), pointer + "/input", place, found);
            }

            for (var limit = 0; limit < (step.Limits.IsDefault ? 0 : step.Limits.Length); limit++)
            {
                if (step.Limits[limit].Key is { } key && key.Contains("${{", StringComparison.Ordinal))
                {
                    Judge(References.In(Payload.From(key)), $"{pointer}/limits/{limit}/key", place, found);
                }
            }

            if (step.Approval is { Prompt: { } prompt } && prompt.Contains("${{", StringComparison.Ordinal))
            {
                Judge(References.In(Payload.From(prompt)), pointer + "/approval/prompt", place, found);
            }

            if (step.Compensate is { Input: { } undo })
            {
                Judge(References.In(undo), pointer + "/compensate/input", place with { Undoing = true }, found);
            }
        }

        if (plan.Output is { } output)
        {
            Judge(References.In(output), checking.Pointer + "/output", new(order, inputs, null, checking.AfterFailure, false, false), found);
        }
    }

    private static void Judge(ReferenceScan scan, string pointer, ReferencePlace place, PlanFindings found)
    {
        foreach (var problem in scan.Problems)
        {
            var guess = problem.Suggestion is { } suggestion ? $" Did you mean '{suggestion}'?" : "";
            found.Add(PlanProblemCodes.BadReference, pointer + problem.Pointer, $"Character {problem.Offset + 1}: {problem.Message}{guess}", problem.Suggestion);
        }

        foreach (var reference in scan.References)
        {
            if (place.Judge(reference, found) is var (message, guess))
            {
                found.Add(PlanProblemCodes.BadReference, pointer + reference.Pointer, $"Character {reference.Offset + 1}: {message}", guess);
            }
        }
    }
}

/// <summary>Where an expression stands, and so what it may refer to.</summary>
/// <param name="Inputs">The declared inputs; null where the plan declares none and takes any.</param>
/// <param name="Step">The step's place; null for the plan's output, which sees all steps.</param>
internal readonly record struct ReferencePlace(StepOrder Order, HashSet<string>? Inputs, int? Step, bool AfterFailure, bool FanOut, bool Undoing)
{
    /// <summary>What is wrong with the reference, and what may have been meant; null when it is right.</summary>
    public (string Message, string? Guess)? Judge(Reference reference, PlanFindings found)
    {
        switch (reference.Root)
        {
            case ExpressionRoot.StepOutput or ExpressionRoot.StepStatus or ExpressionRoot.StepFinishedAt:
                return JudgeStep(reference.StepId!, found);
            case ExpressionRoot.Input when Inputs is { } inputs && reference.Member is { } name && !inputs.Contains(name):
                var guess = found.Guess(name, inputs);
                return ($"the plan declares no input '{name}'{DidYouMean(guess)}", guess);
            case ExpressionRoot.Item or ExpressionRoot.Index when !FanOut:
                return ("'item' and 'index' are known only in the input, the prompt and the compensation of a step with forEach.", null);
            case ExpressionRoot.Output when !Undoing:
                return ("'output' is known only in the input of a compensation; another step's output is steps.<id>.output.", null);
            case ExpressionRoot.Failure when !AfterFailure:
                return ("'failure' is known only in a fallback plan.", null);
            default:
                return null;
        }
    }

    private (string Message, string? Guess)? JudgeStep(string id, PlanFindings found)
    {
        if (!Order.Has(id))
        {
            var guess = found.Guess(id, Order.Ids);
            return ($"there is no step '{id}' in this plan{DidYouMean(guess)}", guess);
        }

        if (Step is not { } place || Order.IsBefore(id, place) || (Undoing && Order.IsAt(id, place)))
        {
            return null;
        }

        return Order.IsAt(id, place)
            ? ($"step '{id}' refers to itself.", null)
            : ($"step '{id}' may not be done by then; add it to the dependencies.", null);
    }

    private static string DidYouMean(string? guess) => guess is null ? "." : $"; did you mean '{guess}'?";
}
