using System.Text;
using Orchestrator.PlanLanguage.Binding;
using Orchestrator.PlanLanguage.Documents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.PlanLanguage;

/// <summary>Plans as people and programs write them: YAML or JSON in, canonical JSON out.</summary>
public static class PlanDocument
{
    /// <summary>Reads a document, checks it in every respect, and gives a plan or everything that is wrong. Never throws for a document's sake.</summary>
    /// <param name="files">Reads a file that a default value names, by its path relative to the plan; the caller confines it. Null where files are not allowed.</param>
    public static PlanReading Read(ReadOnlyMemory<byte> utf8, PlanFormat format = PlanFormat.Detect, Func<string, FileReading>? files = null)
    {
        var json = format == PlanFormat.Json || (format == PlanFormat.Detect && LooksLikeJson(utf8.Span));
        var document = json ? JsonDocumentReader.Read(utf8) : YamlDocumentReader.Read(utf8);
        return document.Problem is { } problem
            ? new PlanReading(null, [new PlanDocumentProblem(problem.Code, problem.Message, "", problem.Line, problem.Column, problem.Suggestion)])
            : PlanBinder.Bind(document.Root!, files);
    }

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, PlanFormat, Func{string, FileReading}?)"/>
    public static PlanReading Read(string text, PlanFormat format = PlanFormat.Detect, Func<string, FileReading>? files = null) =>
        Read(Encoding.UTF8.GetBytes(text), format, files);

    /// <summary>The canonical document: JSON, fields in a fixed order, defaults left out. Reading it gives the same plan again.</summary>
    public static Payload Write(Plan plan) => PlanWriter.Write(plan);

    private static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        var text = (utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8).TrimStart(" \t\r\n"u8);
        return !text.IsEmpty && text[0] is (byte)'{' or (byte)'[';
    }
}
