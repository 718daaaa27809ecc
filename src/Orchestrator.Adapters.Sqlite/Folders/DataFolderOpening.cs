namespace Orchestrator.Adapters.Sqlite.Folders;

/// <summary>How an attempt to take a data folder ended.</summary>
public abstract record DataFolderOpening
{
    private DataFolderOpening()
    {
    }

    /// <summary>It is ours until <paramref name="Folder"/> is disposed of.</summary>
    public sealed record Opened(DataFolder Folder) : DataFolderOpening;

    /// <summary>Another process has it, or another part of this one.</summary>
    /// <param name="Owner">Null for the moment in which an owner takes the folder or leaves it.</param>
    public sealed record InUse(StoreOwner? Owner) : DataFolderOpening
    {
        /// <summary>Where the owner can be joined, once it listens.</summary>
        public Uri? ServerUrl => Owner?.ServerUrl;

        public int? ProcessId => Owner?.ProcessId;
    }
}

/// <summary>The process that has a data folder.</summary>
/// <param name="StartedAt">When it took the folder.</param>
/// <param name="ServerUrl">Where it can be reached, once it listens.</param>
public sealed record StoreOwner(int ProcessId, DateTimeOffset StartedAt, Uri? ServerUrl);
