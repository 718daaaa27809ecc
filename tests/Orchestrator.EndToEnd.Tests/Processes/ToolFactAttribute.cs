namespace Orchestrator.EndToEnd.Tests.Processes;

/// <summary>A test that needs programs of the machine; where one is missing it is skipped, and says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute(params string[] tools) : FactAttribute
{
    public override string? Skip
    {
        get => base.Skip ?? (tools.FirstOrDefault(tool => !IsThere(tool)) is { } missing ? $"{missing} is not on this machine's PATH" : null);
        set => base.Skip = value;
    }

    private static bool IsThere(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, tool)));
}
