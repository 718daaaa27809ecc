using System.Collections.Immutable;
using Orchestrator.ApiHost.Problems;
using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>A plan, or everything that is wrong with its text.</summary>
internal sealed record CheckedPlan(Plan? Plan, ImmutableArray<ProblemError> Errors);

/// <summary>Plans as texts. Files that a plan names are never read for a stranger: they are on this machine and not on his.</summary>
internal static class PlanText
{
    /// <param name="pointer">Where in the request the text stands.</param>
    public static CheckedPlan Read(ReadOnlyMemory<byte> utf8, string pointer)
    {
        var reading = PlanDocument.Read(utf8);
        return new(reading.Plan, [.. reading.Problems.Select(problem => new ProblemError(
            problem.Message, problem.Code, pointer + problem.Pointer, Parameter: null, problem.Line, problem.Column, problem.Suggestion))]);
    }

    public static Payload Write(Plan plan) => PlanDocument.Write(plan);

    public static ApiProblem Invalid(ImmutableArray<ProblemError> errors) => ApiProblem.Of(
        "plan.invalid",
        errors.Length == 1 ? errors[0].Detail : FormattableString.Invariant($"The plan has {errors.Length} errors; the first: {errors[0].Detail}")) with
    {
        Errors = errors,
    };
}
