using System.Text.RegularExpressions;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>How a document is written.</summary>
internal enum DocumentFormat
{
    Text,
    Markdown,
    Html,
    Pdf,
}

/// <summary>Tells a document's format from its first characters when nobody has said it.</summary>
internal static partial class DocumentFormats
{
    public static DocumentFormat Guess(string text) =>
        HtmlStart().IsMatch(text) ? DocumentFormat.Html
        : MarkdownHeading().IsMatch(text) ? DocumentFormat.Markdown
        : DocumentFormat.Text;

    public static bool IsPdf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("%PDF-"u8);

    [GeneratedRegex(@"\A\s*<(?:!doctype\s+html|html|head|body|article|section|div|h[1-6]|p)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HtmlStart();

    [GeneratedRegex(@"^#{1,6} \S", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MarkdownHeading();
}
