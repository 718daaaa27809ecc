using System.Runtime.Versioning;
using System.Text.Json;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Specs.Documents;

/// <summary>The conversation with <c>pdftotext</c>, held by shell scripts in its place, so that it is tested wherever there is a shell.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class When_a_pdf_is_taken_in : IDisposable
{
    private static readonly byte[] Pdf = "%PDF-1.4 pretend"u8.ToArray();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pdf-specs-");

    public void Dispose() => folder.Delete(recursive: true);

    [PosixFact]
    public async Task its_text_is_what_the_program_writes_of_what_it_is_given()
    {
        var output = await Asked.For(
            "content_ingestion_agent", new { base64 = Convert.ToBase64String(Pdf), title = "T" }, action: "upload_pdf",
            options: Program("""echo "args $*"; echo; cat; printf ' is photo-\nsynthesis.\n\fPage two.'"""));

        output.GetProperty("format").GetString().ShouldBe("pdf");
        output.GetProperty("text").GetString().ShouldBe("args -enc UTF-8 -eol unix -q - -\n\n%PDF-1.4 pretend is photosynthesis.\n\nPage two.");
    }

    [PosixFact]
    public async Task a_machine_without_the_program_says_what_to_install() =>
        (await Refused(new() { PdfToTextProgram = Path.Combine(folder.FullName, "absent") }, "agent.missing_tool")).ShouldContain("Install poppler");

    [PosixFact]
    public async Task a_document_the_program_rejects_is_refused_with_the_program_s_words() =>
        (await Refused(Program("echo 'Syntax Error: no xref' >&2; exit 1"), "agent.unreadable_document")).ShouldContain("exit code 1): Syntax Error: no xref");

    [PosixFact]
    public async Task bytes_that_are_no_pdf_never_reach_the_program() =>
        await Asked.Refused("content_ingestion_agent", """{"base64": "aGVsbG8=", "format": "pdf"}""", code: "agent.unreadable_document", options: Program("exit 9"));

    [PosixFact]
    public async Task a_program_that_writes_without_end_is_stopped()
    {
        var options = Program("while :; do echo endless text; done");
        options.TextLengthMax = 10_000;
        (await Refused(options, "agent.bad_input")).ShouldContain("at most 10000 characters");
    }

    [PosixFact]
    public async Task a_program_that_takes_too_long_is_stopped_and_may_be_tried_again()
    {
        var clock = new StoppedClock();
        var started = Path.Combine(folder.FullName, "started");
        var answer = Asked.Answer("content_ingestion_agent", Input, clock: clock, options: Program($"exec 2>&-; touch '{started}'; sleep 600"));

        clock.Asked.ShouldBe([TimeSpan.FromSeconds(30)]);
        clock.FireAll();
        var failure = (await answer).ShouldBeOfType<AgentAnswer.Failed>().Failure;
        failure.Code.ShouldBe("agent.timeout");
        failure.Retryable.ShouldBeTrue();
    }

    private static string Input => JsonSerializer.Serialize(new { base64 = Convert.ToBase64String(Pdf) });

    private static Task<string> Refused(BuiltinAgentOptions options, string code) => Asked.Refused("content_ingestion_agent", Input, code: code, options: options);

    private BuiltinAgentOptions Program(string script)
    {
        var path = Path.Combine(folder.FullName, "pdftotext");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new BuiltinAgentOptions { PdfToTextProgram = path };
    }
}
