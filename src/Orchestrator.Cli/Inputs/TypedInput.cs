using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Doors;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Cli.Inputs;

/// <summary>An input as it was typed, with the files that are still to be put before it is whole.</summary>
internal sealed record TypedInput(JsonObject Values, ImmutableArray<TypedFile> Files)
{
    // As the person typed it: nothing here ends up in a page of HTML.
    private static readonly JsonSerializerOptions Letters = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="CommandFailedException">A file was refused, or went meanwhile.</exception>
    public async Task<Payload> SendFilesAsync(IWorkflowDoor door, CancellationToken cancellationToken)
    {
        foreach (var (key, file, contentType) in Files)
        {
            try
            {
                Values[key] = JsonNode.Parse((await door.PutFileAsync(file, contentType, cancellationToken)).Utf8.Span);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(ExitCode.Usage, $"--input {key}: {file} cannot be read. {problem.Message}", problem);
            }
        }

        return Payload.From(Values, Letters);
    }
}

/// <summary>A file that does not fit into an input.</summary>
/// <param name="Key">Where its link is to stand.</param>
internal sealed record TypedFile(string Key, FileInfo File, string ContentType)
{
    /// <summary>What a file's name says of its content. What is said to be JSON or text is opened for agents.</summary>
    public static string TypeOf(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".json" => "application/json",
        ".txt" or ".log" => "text/plain",
        ".md" => "text/markdown",
        ".csv" => "text/csv",
        ".html" or ".htm" => "text/html",
        ".xml" => "application/xml",
        ".pdf" => "application/pdf",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".zip" => "application/zip",
        ".mp3" => "audio/mpeg",
        ".mp4" => "video/mp4",
        _ => "application/octet-stream",
    };
}
