using Orchestrator.Decisions.Agents;

namespace Orchestrator.Adapters.Agents.Credentials;

/// <summary>Reads what a reference leads to, at the moment it is needed: nothing of it is kept, and a changed secret needs no restart.</summary>
internal static class ReferredSecret
{
    private const string FromEnvironment = "env:";
    private const string FromFile = "file:";
    private const int FileBytesMax = 65_536;

    /// <returns>The secret without the white space around it; null when there is none, or more than a secret.</returns>
    public static string? Read(string reference)
    {
        if (!ModelRules.IsReference(reference))
        {
            return null;
        }

        if (reference.StartsWith(FromEnvironment, StringComparison.Ordinal))
        {
            return Full(Environment.GetEnvironmentVariable(reference[FromEnvironment.Length..]));
        }

        var file = new FileInfo(reference[FromFile.Length..]);
        try
        {
            return file.Exists && file.Length <= FileBytesMax ? Full(File.ReadAllText(file.FullName)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The place, in words.</summary>
    public static string Named(string reference) =>
        reference.StartsWith(FromEnvironment, StringComparison.Ordinal) ? $"the environment variable {reference[FromEnvironment.Length..]}" : $"the file {reference[FromFile.Length..]}";

    private static string? Full(string? text) => text?.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
