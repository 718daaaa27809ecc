using System.Text.Json;

namespace Orchestrator.Adapters.Sqlite.Folders;

/// <summary>A data folder that this process has for itself, until it is disposed of or the process ends, however it ends.</summary>
/// <remarks>
/// The lock is the operating system's on <c>orchestrator.lock</c>, so a killed process leaves nothing to clean up. Who holds it stands
/// in <c>orchestrator.owner.json</c> beside it, for the lock file itself cannot be read by others on every system. Only for disks of this machine:
/// a network file system may not keep locks.
/// </remarks>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "orchestrator.lock";
    private const string OwnerName = "orchestrator.owner.json";

    private readonly FileStream held;
    private StoreOwner owner;

    private DataFolder(string path, FileStream held, StoreOwner owner)
    {
        Path = path;
        this.held = held;
        this.owner = owner;
    }

    /// <summary>The folder, as a full path.</summary>
    public string Path { get; }

    /// <summary>The store's file in this folder.</summary>
    public string DatabaseFile => DatabaseFileIn(Path);

    /// <summary>Where a folder's store is kept.</summary>
    public static string DatabaseFileIn(string path) => System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "orchestrator.db");

    /// <summary>Takes the folder, which is made when it does not exist, readable by this user only.</summary>
    /// <returns><see cref="DataFolderOpening.Opened"/>, or who has it.</returns>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to somebody else.</exception>
    public static DataFolderOpening TryOpen(string path, TimeProvider clock)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var lockFile = System.IO.Path.Combine(full, LockName);
        FileStream held;
        try
        {
            held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(lockFile))
        {
            return new DataFolderOpening.InUse(ReadOwner(full));
        }

        var opened = new DataFolder(full, held, new StoreOwner(Environment.ProcessId, clock.GetUtcNow(), ServerUrl: null));
        try
        {
            opened.WriteOwner();
            return new DataFolderOpening.Opened(opened);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Tells other processes where this one can be reached. A second call replaces the first.</summary>
    public void Announce(Uri serverUrl)
    {
        owner = owner with { ServerUrl = serverUrl };
        WriteOwner();
    }

    public void Dispose()
    {
        if (held.CanRead)
        {
            // While the lock is still held, so that the next owner's file is never the one deleted.
            File.Delete(System.IO.Path.Combine(Path, OwnerName));
            held.Dispose();
        }
    }

    private static StoreOwner? ReadOwner(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<StoreOwner>(File.ReadAllBytes(System.IO.Path.Combine(folder, OwnerName)), JsonSerializerOptions.Web);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            // The owner is between taking the lock and writing its name, or between the two at its end.
            return null;
        }
    }

    private void WriteOwner()
    {
        // Readers never see half a file: it is renamed into place.
        var file = System.IO.Path.Combine(Path, OwnerName);
        var draft = file + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(owner, JsonSerializerOptions.Web));
        File.Move(draft, file, overwrite: true);
    }
}
