namespace Orchestrator.BuiltinAgents.Documents;

/// <summary>Finds the file that an input names, below the folder that the operator opened, and nowhere else.</summary>
internal static class InputFile
{
    /// <summary>The full path, or a problem in words. A name is relative, goes up nowhere, and crosses no link on the way.</summary>
    public static (string? FullPath, string? Problem) Resolve(string? root, string name)
    {
        if (root is null)
        {
            return (null, "no folder is open for reading: set BuiltinAgents:InputRoot, or send the content itself");
        }

        if (name.Length == 0 || name.Contains('\0') || Path.IsPathRooted(name))
        {
            return (null, "a relative path is expected");
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var full = Path.GetFullPath(Path.Combine(folder, name));
        if (!full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return (null, "the path leaves the folder that is open for reading");
        }

        // A link below the root could lead out of it, so each step of the way is looked at.
        var reached = folder;
        foreach (var step in Path.GetRelativePath(folder, full).Split(Path.DirectorySeparatorChar))
        {
            reached = Path.Combine(reached, step);
            if (new FileInfo(reached).LinkTarget is not null)
            {
                return (null, "the path crosses a link");
            }
        }

        return File.Exists(full) ? (full, null) : (null, "there is no such file");
    }
}
