namespace Orchestrator.Hosting.Configuration;

/// <summary>A secret of this installation, kept in a file that only its owner reads.</summary>
public static class KeyFile
{
    /// <summary>What the file holds; where there is none, it is made and holds <paramref name="fresh"/>.</summary>
    public static byte[] ReadOrCreate(string path, byte[] fresh)
    {
        try
        {
            // Created or opened, never both: of two processes that start together, one makes the key and the other reads it.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new FileStream(path, options);
            file.Write(fresh);
            return fresh;
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.ReadAllBytes(path);
        }
    }
}
