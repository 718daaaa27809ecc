using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Cli.Inputs;

/// <summary>Makes one JSON object of <c>k=v</c> and <c>k=@file</c>.</summary>
/// <remarks>
/// A value that is valid JSON is taken as such, as in the plan's own YAML (<c>count=3</c> is a number, <c>'zip="01234"'</c> a text); anything else is
/// text. A file is text, unless its name ends in <c>.json</c>; one that is no text in UTF-8, or is larger than <see cref="FileBytesMax"/>, is put beside the
/// workflow, and a link stands for it.
/// </remarks>
internal static class InputArguments
{
    /// <summary>What a file may have that stands in the input itself, as <c>Blobs:InlineBytesMax</c> is for answers.</summary>
    public const int FileBytesMax = 1024 * 1024;

    /// <param name="plan">The plan they are for, where it is known: a name that it does not declare was mistyped.</param>
    /// <exception cref="CommandFailedException">An argument is not of either form, is not declared, or its file cannot be read.</exception>
    public static TypedInput Read(IEnumerable<string> arguments, Plan? plan = null)
    {
        var input = new JsonObject();
        var files = ImmutableArray.CreateBuilder<TypedFile>();
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

            input[key] = value.StartsWith('@') ? FromFile(key, value[1..], files) : FromText(value);
        }

        return new TypedInput(input, files.DrainToImmutable());
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

    private static JsonNode? FromFile(string key, string path, ImmutableArray<TypedFile>.Builder files)
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
                files.Add(new(key, file, TypedFile.TypeOf(file)));
                return null;
            }

            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
            return file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase) ? Parse(text) : JsonValue.Create(text);
        }
        catch (DecoderFallbackException)
        {
            files.Add(new(key, new FileInfo(path), TypedFile.TypeOf(new FileInfo(path))));
            return null;
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
