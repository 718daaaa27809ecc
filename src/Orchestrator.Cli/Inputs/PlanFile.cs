using System.Text;
using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Cli.Inputs;

/// <summary>Reads a plan from a file, and the texts beside it that its inputs name.</summary>
internal static class PlanFile
{
    public const int FileBytesMax = 8 * 1024 * 1024;

    /// <exception cref="CommandFailedException">There is no such file, or the plan is not valid: a line per problem, <c>file:line:column code message</c>.</exception>
    public static Plan Read(string file)
    {
        var content = ReadBytes(file);
        var folder = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var format = Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".JSON" => PlanFormat.Json,
            ".YAML" or ".YML" => PlanFormat.Yaml,
            _ => PlanFormat.Detect,
        };
        var reading = PlanDocument.Read(content, format, path => ReadBeside(folder, path));
        return reading.Plan ?? throw new CommandFailedException(ExitCode.Usage, string.Join(Environment.NewLine, reading.Problems.Select(problem => Line(file, problem))));
    }

    private static string Line(string file, PlanDocumentProblem problem)
    {
        var meant = problem.Suggestion is { } suggestion && !problem.Message.Contains("did you mean", StringComparison.OrdinalIgnoreCase)
            ? $"{problem.Message.TrimEnd('.')}, did you mean '{suggestion}'?"
            : problem.Message;
        return FormattableString.Invariant($"{file}:{problem.Line}:{problem.Column} {problem.Code} {meant}");
    }

    private static byte[] ReadBytes(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
            {
                throw new CommandFailedException(
                    Directory.Exists(file) ? ExitCode.Usage : ExitCode.NotFound,
                    Directory.Exists(file) ? $"{file} is a folder; expected a plan's file." : $"There is no file {file}.");
            }

            return info.Length <= FileBytesMax
                ? File.ReadAllBytes(file)
                : throw new CommandFailedException(ExitCode.Usage, $"{file} has {info.Length} bytes; a plan has at most {FileBytesMax}.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{file} cannot be read: {failure.Message}", failure);
        }
    }

    // A plan comes from anywhere; running it must not hand the text of other files of this machine to its agents.
    private static FileReading ReadBeside(DirectoryInfo folder, string path)
    {
        try
        {
            var file = new FileInfo(Path.GetFullPath(path, folder.FullName));
            if (Path.IsPathRooted(path) || !file.FullName.StartsWith(folder.FullName.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || LeavesByLink(file, folder))
            {
                return FileReading.Failed("it is not in the plan's folder.");
            }

            return !file.Exists ? FileReading.Failed("there is no such file.")
                : file.Length > FileBytesMax ? FileReading.Failed($"it has {file.Length} bytes, at most {FileBytesMax} are taken.")
                : FileReading.Of(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file.FullName)).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            return FileReading.Failed("it is not text in UTF-8.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return FileReading.Failed(failure.Message);
        }
    }

    private static bool LeavesByLink(FileInfo file, DirectoryInfo folder)
    {
        FileSystemInfo? here = file;
        while (here is not null && here.FullName.TrimEnd(Path.DirectorySeparatorChar) != folder.FullName.TrimEnd(Path.DirectorySeparatorChar))
        {
            if (here.LinkTarget is not null)
            {
                return true;
            }

            here = here is FileInfo { Directory: var directory } ? directory : ((DirectoryInfo)here).Parent;
        }

        return false;
    }
}
