namespace Orchestrator.BuiltinAgents.Specs;

/// <summary>The text that the examples teach from.</summary>
internal static class Lesson
{
    public static string Markdown { get; } = File.ReadAllText(Path.Combine(Root(), "examples", "texts", "photosynthesis.md"));

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orchestrator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Orchestrator.sln.");
        }

        return folder.FullName;
    }
}
