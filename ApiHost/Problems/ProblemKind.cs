namespace Orchestrator.ApiHost.Problems;

/// <summary>One kind of no, as HTTP tells it.</summary>
/// <param name="Code">Stable. The member <c>code</c> of the problem, and, with dashes, the last part of its <c>type</c>.</param>
/// <param name="Retryable">Whether the same request may succeed later without being changed.</param>
/// <param name="Meaning">What happened and what to do about it: the text of the page behind <c>type</c>.</param>
public sealed record ProblemKind(string Code, int Status, string Title, bool Retryable, string Meaning)
{
    public string Slug => Code.Replace('.', '-').Replace('_', '-');

    /// <summary>A reference that resolves against the server that answered: the page is always there.</summary>
    public string Type => "/errors/" + Slug;
}
