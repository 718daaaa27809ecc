namespace Orchestrator.Decisions.Plans;

/// <summary>One thing that is wrong with a plan.</summary>
/// <param name="Code">One of <see cref="PlanProblemCodes"/>.</param>
/// <param name="Pointer">A JSON Pointer (RFC 6901) into the plan's document. It may name a member that is missing there.</param>
/// <param name="Message">Names the thing, what was expected, what was found.</param>
/// <param name="Suggestion">What was probably meant, ready to be put in.</param>
public sealed record PlanProblem(string Code, string Pointer, string Message, string? Suggestion = null);
