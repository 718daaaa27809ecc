using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Cli.Inputs;

/// <summary>Makes one JSON object of <c>k=v</c> and <c>k=@file</c>.</summary>
/// <remarks>
/// A value that is valid JSON is taken as such, as in the plan's own YAML (<c>count=3</c> is a number, <c>'zip="01234"'</c> a text); anything else is
/// text. A file is text, unless its name ends in <c>.json</c>.
/// </remarks>
internal static class InputArguments
{
    public const int FileBytesMax = 8 * 1024 * 1024;

    // As the person typed it: nothing here ends up in a page of HTML.
    private static readonly JsonSerializerOptions Letters = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="plan">The plan they are for, where it is known: a name that it does not declare was mistyped.</param>
    /// <exception cref="CommandFailedException">An argument is not of either form, is not declared, or its file cannot be read.</exception>
    public static Payload Read(IEnumerable<string> arguments, Plan? plan = null)
    {
        var input = new JsonObject();
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw Wrong($"--input {argument}: expected key=value or key=@file");
            }

            var key = argument[..equals];
            var value = argument[(equals + 1)..];
            if (input.ContainsKey(key))
            {
                throw Wrong($"--input {key} is given twice");
            }

            if (plan is { Inputs.IsDefaultOrEmpty: false } && plan.Inputs.All(declared => declared.Name != key))
            {
                throw Wrong($"--input {key}: plan {plan.Id} has no such input; it has {string.Join(", ", plan.Inputs.Select(declared => declared.Name))}");
            }

            input[key] = value.StartsWith('@') ? FromFile(key, value[1..]) : FromText(value);
        }

        return Payload.From(input, Letters);
    }

    private static JsonNode? FromText(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static JsonNode? FromFile(string key, string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw Wrong($"--input {key}: there is no file {path}");
            }

            if (file.Length > FileBytesMax)
            {
                throw Wrong($"--input {key}: {path} has {file.Length} bytes, at most {FileBytesMax} are taken");
            }

            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
            return file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase) ? Parse(text) : JsonValue.Create(text);
        }
        catch (DecoderFallbackException)
        {
            throw Wrong($"--input {key}: {path} is not text in UTF-8");
        }
        catch (JsonException problem)
        {
            throw Wrong($"--input {key}: {path} is not valid JSON. {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"--input {key}: {path} cannot be read. {problem.Message}");
        }
    }

    private static JsonNode? Parse(string text) => JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });

    private static CommandFailedException Wrong(string message) => new(ExitCode.Usage, message);
}
