namespace Orchestrator.Hosting.Configuration;

/// <summary>A section that another program reads from the file the two share. This one passes over it; a mistyped name inside stops the program that reads it.</summary>
internal sealed record SectionOfAnother(string Name)
{
    public bool Holds(string key) =>
        key.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && (key.Length == Name.Length || key[Name.Length] == ':');
}
