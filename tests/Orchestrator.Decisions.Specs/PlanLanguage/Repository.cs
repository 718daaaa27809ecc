using Orchestrator.PlanLanguage;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

/// <summary>The examples and documents of the repository, as the build copied them beside the tests.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "repository");

    public static IEnumerable<string> Examples { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "examples"), "*", SearchOption.AllDirectories).Where(IsPlan).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Reads a plan of the repository with the files beside it, as the command line does.</summary>
    public static PlanReading Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, path))!;
        return PlanDocument.Read(
            Text(path), Path.GetExtension(path) == ".json" ? PlanFormat.Json : PlanFormat.Yaml, file => FileReading.Of(File.ReadAllText(Path.Combine(folder, file))));
    }

    private static bool IsPlan(string path) => Path.GetExtension(path) is ".json" or ".yaml" or ".yml"
        && !path.Contains("texts", StringComparison.Ordinal) && Path.GetFileName(path) != "orchestrator.yaml";
}
