using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.PlanLanguage;

/// <summary>What became of a plan's document.</summary>
/// <param name="Plan">Valid in every respect, or null.</param>
/// <param name="Problems">Everything that was found wrong, in the order of the document; empty when there is a plan.</param>
public sealed record PlanReading(Plan? Plan, ImmutableArray<PlanDocumentProblem> Problems);

/// <summary>One thing that is wrong, and where.</summary>
/// <param name="Code">One of <see cref="Orchestrator.Decisions.Plans.PlanProblemCodes"/>.</param>
/// <param name="Message">Names the thing, what was expected, what was found.</param>
/// <param name="Pointer">A JSON Pointer (RFC 6901) into the document; it may name a member that is missing.</param>
/// <param name="Line">From 1; of the nearest thing that is there.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Suggestion">What was probably meant, ready to be put in.</param>
public sealed record PlanDocumentProblem(string Code, string Message, string Pointer, int Line, int Column, string? Suggestion = null);

/// <summary>How a plan is written down.</summary>
public enum PlanFormat
{
    /// <summary>JSON when the first character that is not white space is <c>{</c> or <c>[</c>, YAML otherwise.</summary>
    Detect = 0,

    Json = 1,

    /// <summary>YAML 1.2, core schema, without tags and merge keys.</summary>
    Yaml = 2,
}

/// <summary>What came of reading a file that a plan names.</summary>
/// <param name="Problem">Why there is no text; null when there is.</param>
public readonly record struct FileReading(string? Text, string? Problem)
{
    public static FileReading Of(string text) => new(text, null);

    public static FileReading Failed(string problem) => new(null, problem);
}
