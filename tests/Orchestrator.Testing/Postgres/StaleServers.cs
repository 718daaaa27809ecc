using System.Diagnostics;
using System.Globalization;
using Orchestrator.Testing.Servers;

namespace Orchestrator.Testing.Postgres;

/// <summary>Ends the servers and removes the folders of test runs whose guard was killed with them.</summary>
internal static class StaleServers
{
    /// <summary>Looks through the temp folder. What belongs to somebody else, or to a run that lives, stays.</summary>
    public static void Sweep()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), PostgresTemplate.FolderPrefix + "*"))
        {
            try
            {
                if (IsStale(folder))
                {
                    EndServer(folder);
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another user's, or another run sweeps the same folder at this moment.
            }
        }
    }

    private static bool IsStale(string folder)
    {
        // A folder without a guard is one that a run is just making, unless it has been so for long.
        if (Number(Path.Combine(folder, ServerGuard.GuardFile)) is not { } guard)
        {
            return TimeProvider.System.GetUtcNow() - Directory.GetCreationTimeUtc(folder) > TimeSpan.FromMinutes(10);
        }

        return Find(guard) is not { } process || !IsGuardOf(process, folder);
    }

    private static void EndServer(string folder)
    {
        var data = Path.Combine(folder, PostgresServer.DataFolder);
        if (Number(Path.Combine(data, "postmaster.pid")) is not { } id || Find(id) is not { } server)
        {
            return;
        }

        // The number may have gone to another process since; the server stands in its data folder.
        if (new FileInfo($"/proc/{id}/cwd").ResolveLinkTarget(returnFinalTarget: false)?.FullName == data)
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    // Where the system does not say what a process was started with, any that has the number is taken for the guard: then a folder stays longer than it must.
    private static bool IsGuardOf(Process process, string folder)
    {
        var file = $"/proc/{process.Id}/cmdline";
        return !Directory.Exists("/proc/self") || (File.Exists(file) && File.ReadAllText(file).Contains(folder, StringComparison.Ordinal));
    }

    private static Process? Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static int? Number(string file) =>
        File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
