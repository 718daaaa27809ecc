using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Turns a PDF into text with poppler's <c>pdftotext</c>, a program of its own that a hostile file may crash without us.</summary>
/// <remarks>
/// The document goes in through standard input and the text comes out of standard output: the program gets fixed arguments and no name
/// from any request. It is killed, with its children, when it takes too long, writes too much, or nobody waits any more.
/// </remarks>
internal sealed class PdfToText(TimeProvider clock, BuiltinAgentOptions options)
{
    private const int ErrorLengthMax = 300;

    // "-" twice: from standard input, to standard output.
    private static readonly string[] Arguments = ["-enc", "UTF-8", "-eol", "unix", "-q", "-", "-"];

    public async Task<(string? Text, StepFailure? Failure)> ReadAsync(ReadOnlyMemory<byte> pdf, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return (null, new StepFailure(
                AgentFailures.MissingTool,
                $"Reading a PDF needs poppler's pdftotext, and '{options.PdfToTextProgram}' could not be started. "
                + "Install poppler (Debian and Ubuntu: poppler-utils, macOS: brew install poppler), set BuiltinAgents:PdfToTextProgram, or send the document's text.",
                Retryable: false));
        }

        using var overtime = new CancellationTokenSource(options.PdfTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overtime.Token);
        try
        {
            return await ConverseAsync(process, pdf, either.Token);
        }
        catch (OperationCanceledException) when (overtime.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, new StepFailure(
                AgentFailures.Timeout, $"pdftotext was stopped: it had not finished within {options.PdfTimeout.TotalSeconds:0.#} s.", Retryable: true));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(options.PdfToTextProgram, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = AppContext.BaseDirectory,
        };

        // What the program does not need, our secrets among it, it does not get.
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    private async Task<(string? Text, StepFailure? Failure)> ConverseAsync(Process process, ReadOnlyMemory<byte> pdf, CancellationToken cancellationToken)
    {
        // All three at once: a program that fills one pipe while we wait on another would never end.
        var feeding = FeedAsync(process.StandardInput.BaseStream, pdf, cancellationToken);
        var reading = ReadUpToAsync(process.StandardOutput, options.TextLengthMax, cancellationToken);
        var complaining = ReadUpToAsync(process.StandardError, ErrorLengthMax, cancellationToken, drain: true);

        var (text, tooLong) = await reading;
        if (tooLong)
        {
            process.Kill(entireProcessTree: true);
            await Task.WhenAll(feeding, complaining);
            return (null, new StepFailure(
                AgentFailures.BadInput, $"content_ingestion_agent cannot read its input: the PDF: expected at most {options.TextLengthMax} characters of text, found more.", Retryable: false));
        }

        await Task.WhenAll(feeding, complaining);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (text, null)
            : (null, new StepFailure(
                AgentFailures.UnreadableDocument,
                $"pdftotext could not read the document (exit code {process.ExitCode}): {PlainText.Clean((await complaining).Text).Trim().ReplaceLineEndings(" ")}",
                Retryable: false));
    }

    private static async Task FeedAsync(Stream input, ReadOnlyMemory<byte> pdf, CancellationToken cancellationToken)
    {
        try
        {
            await using (input)
            {
                await input.WriteAsync(pdf, cancellationToken);
            }
        }
        catch (IOException)
        {
            // The program gave up before it had read everything; its exit code says why.
        }
    }

    private static async Task<(string Text, bool TooLong)> ReadUpToAsync(
        StreamReader reader, int lengthMax, CancellationToken cancellationToken, bool drain = false)
    {
        var text = new StringBuilder();
        var buffer = new char[8_192];
        while (true)
        {
            var count = await reader.ReadAsync(buffer.AsMemory(), cancellationToken);
            if (count == 0)
            {
                return (text.ToString(), TooLong: false);
            }

            var room = lengthMax - text.Length;
            text.Append(buffer, 0, Math.Min(count, room));
            if (count > room && !drain)
            {
                return (text.ToString(), TooLong: true);
            }
        }
    }
}
