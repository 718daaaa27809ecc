using System.Collections.Immutable;
using System.Text;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Texts;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Reads a document and hands on its text, its sections and its measures.</summary>
internal sealed class ContentIngestionAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    private const int TitleLengthMax = 500;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "content_ingestion_agent",
        "Reads plain text, Markdown, HTML or PDF and answers its text, sections, language and counts.",
        Actions: ["ingest", "ingest_content", "upload_pdf"],
        Keywords: ["ingest", "upload", "pdf", "document", "import", "html", "markdown"],
        Input: """
            text: string — the document, also as `content`
            base64: string — instead of text: the document's bytes, PDF among them
            path: string — instead of text: a file below the configured input root, also as `file`
            format: "auto" | "text" | "markdown" | "html" | "pdf" = "auto"
            title: string = the document's own
            """,
        Output: """
            title, format, language, languageConfidence
            text: string — the paragraphs without headings
            sections: [{ heading?, level, text }]
            paragraphCount, sentenceCount, wordCount, characterCount: integer
            """);

    public async ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var format = input.Choice("format", "auto", "text", "markdown", "html", "pdf");
        var title = input.OptionalText("title", TitleLengthMax)?.Trim();
        var bytes = await BytesOf(input, cancellationToken);
        var text = bytes is null ? input.RequiredText("text", "content") : null;
        if (bytes is { Length: 0 })
        {
            input.Complain("the document", "at least one byte", "none");
        }

        if (bytes is null && format == "pdf")
        {
            input.Complain("'format'", "the PDF's bytes in 'base64'", "a text");
        }

        var isPdf = bytes is not null && (format == "pdf" || (format == "auto" && DocumentFormats.IsPdf(bytes)));
        if (bytes is not null && !isPdf)
        {
            text = TextOf(input, bytes);
        }

        if (input.Refusal is { } refusal)
        {
            return refusal;
        }

        return isPdf
            ? await ReadPdfAsync(bytes!, title, cancellationToken)
            : ReadText(text!, format, title);
    }

    private static async Task<byte[]?> BytesOf(AgentInput input, CancellationToken cancellationToken)
    {
        if (input.Find("base64") is { } encoded)
        {
            return encoded.ValueKind == System.Text.Json.JsonValueKind.String && encoded.TryGetBytesFromBase64(out var decoded)
                ? decoded
                : Nothing("'base64'", "a string in base64", AgentInput.Describe(encoded));
        }

        var field = input.Has("path") ? "path" : "file";
        if (input.Has("text") || input.Has("content") || input.OptionalText(field, lengthMax: 1_000) is not { } name)
        {
            return null;
        }

        var (fullPath, problem) = InputFile.Resolve(input.Options.InputRoot, name);
        if (fullPath is null)
        {
            return Nothing($"'{field}'", "a file that may be read", $"'{name}' ({problem})");
        }

        var length = new FileInfo(fullPath).Length;
        return length > input.Options.InputBytesMax
            ? Nothing($"'{field}'", $"a file of at most {input.Options.InputBytesMax} bytes", $"{length} bytes")
            : await File.ReadAllBytesAsync(fullPath, cancellationToken);

        // Not null, which would mean that the text itself is in the input, and not empty, which would be a second complaint.
        byte[] Nothing(string subject, string expected, string found)
        {
            input.Complain(subject, expected, found);
            return [0];
        }
    }

    private static string TextOf(AgentInput input, byte[] bytes)
    {
        try
        {
            var text = StrictUtf8.GetString(bytes);
            if (text.Length > input.Options.TextLengthMax)
            {
                input.Complain("the document", $"at most {input.Options.TextLengthMax} characters", $"{text.Length}");
            }

            return text;
        }
        catch (DecoderFallbackException exception)
        {
            input.Complain("the document", "text in UTF-8", $"other bytes at offset {exception.Index}");
            return "";
        }
    }

    private async Task<AgentAnswer> ReadPdfAsync(byte[] pdf, string? title, CancellationToken cancellationToken)
    {
        if (!DocumentFormats.IsPdf(pdf))
        {
            return AgentAnswer.Fail(AgentFailures.UnreadableDocument, "content_ingestion_agent expected a PDF, which begins with %PDF-, and found other bytes.");
        }

        var (text, failure) = await new PdfToText(clock, options).ReadAsync(pdf, cancellationToken);
        return failure is null
            ? Answer(DocumentFormat.Pdf, Document.Of(title, PlainText.BlocksOfPages(PlainText.Clean(text!))))
            : new AgentAnswer.Failed(failure);
    }

    private static AgentAnswer ReadText(string text, string asked, string? title)
    {
        var clean = PlainText.Clean(text);
        var format = asked switch
        {
            "text" => DocumentFormat.Text,
            "markdown" => DocumentFormat.Markdown,
            "html" => DocumentFormat.Html,
            _ => DocumentFormats.Guess(clean),
        };
        switch (format)
        {
            case DocumentFormat.Html when HtmlText.IsTooDeep(clean):
                return TooDeep("HTML", $"more than {HtmlText.DepthMax} levels of tags");
            case DocumentFormat.Html:
                var page = HtmlText.Read(clean);
                return Answer(format, Document.Of(title ?? page.Title, page.Blocks));
            case DocumentFormat.Markdown:
                return MarkdownText.Read(clean) is { } blocks
                    ? Answer(format, Document.Of(title, blocks))
                    : TooDeep("Markdown", $"quotes, lists or tags nested too deeply, or more than {MarkdownText.OpenersMax} marks in one paragraph");
            default:
                return Answer(format, Document.Of(title, PlainText.Blocks(clean)));
        }
    }

    private static AgentAnswer TooDeep(string expected, string found) =>
        AgentAnswer.Fail(AgentFailures.UnreadableDocument, $"content_ingestion_agent expected {expected}, and found {found}.");

    private static AgentAnswer Answer(DocumentFormat format, Document document)
    {
        var text = document.Text;
        var sentences = Sentence.AllOf(text);
        if (sentences.IsEmpty)
        {
            return AgentAnswer.Fail(AgentFailures.NothingToDo, "content_ingestion_agent read the document and found no word in it.");
        }

        var language = Language.Guess(sentences.SelectMany(sentence => sentence.Words));
        return AgentJson.Answer(new Output(
            document.Title, format.ToString().ToLowerInvariant(), language.Code, language.Confidence, text, document.Sections,
            document.ParagraphCount, sentences.Length, sentences.Sum(sentence => sentence.Words.Length), text.Length));
    }

    private sealed record Output(
        string? Title, string Format, string Language, double LanguageConfidence, string Text, ImmutableArray<Section> Sections,
        int ParagraphCount, int SentenceCount, int WordCount, int CharacterCount);
}
