namespace Orchestrator.PlanLanguage.Documents;

/// <summary>A document as a tree, or the problem that ended its reading.</summary>
internal readonly record struct DocumentReading(Node? Root, DocumentProblem? Problem);

internal sealed record DocumentProblem(string Code, string Message, int Line, int Column, string? Suggestion = null);

/// <summary>Ends the reading of a document from deep inside. Never leaves this project.</summary>
internal sealed class DocumentException(DocumentProblem problem) : Exception(problem.Message)
{
    public DocumentException(string code, string message, int line, int column, string? suggestion = null)
        : this(new DocumentProblem(code, message, line, column, suggestion))
    {
    }

    public DocumentProblem Problem { get; } = problem;
}
