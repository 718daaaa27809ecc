namespace Orchestrator.Hosting.Configuration;

/// <summary>The configuration cannot be used. Every problem is a line that names the place, what was expected and what was found.</summary>
public sealed class ConfigurationRefusedException(IReadOnlyList<string> problems)
    : Exception("The configuration was refused:" + string.Concat(problems.Select(problem => Environment.NewLine + "  " + problem)))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
