using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Whether a change of something with a version may be made as the caller has conditioned it (RFC 9110, 13.1).</summary>
internal static class Precondition
{
    /// <param name="kind">What is changed, such as <c>agent</c>.</param>
    /// <param name="version">Of the one that is there; null when there is none.</param>
    /// <returns>Why it may not; null when it may.</returns>
    public static ApiProblem? Of(HttpRequest request, string kind, string name, string? version) => (EntityTag.Expected(request), version) switch
    {
        (null, null) => null,
        (null, _) when EntityTag.WantsNone(request) => ApiProblem.Of("precondition.failed", $"The {kind} '{name}' exists already."),
        (null, _) => ApiProblem.Of("precondition.required", $"The {kind} '{name}' exists already. Send its ETag as If-Match."),
        (_, null) => ApiProblem.Of("precondition.failed", $"There is no {kind} '{RequestCheck.Shown(name)}' to replace."),
        ({ } expected, _) when expected != "*" && expected != version =>
            ApiProblem.Of("precondition.failed", $"The {kind} '{name}' is at version '{version}', expected '{RequestCheck.Shown(expected)}'."),
        _ => null,
    };
}
