namespace Orchestrator.EndToEnd.Tests.Processes;

/// <summary>A test that needs Node.js; where there is none on the path it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    private static readonly bool Found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && (File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe"))));

    public override string? Skip
    {
        get => base.Skip ?? (Found ? null : "There is no Node.js on the path.");
        set => base.Skip = value;
    }
}
