using Orchestrator.Execution.Journals;
using SQLitePCL;

namespace Orchestrator.Adapters.Sqlite.Connections;

/// <summary>SQLite said no. Whether that is the outside failing or a broken belief of ours is in <see cref="Outside"/>.</summary>
internal sealed class SqliteFailureException(int extendedCode, string doing, string said)
    : Exception($"SQLite failed while {doing}: {said} (code {extendedCode}).")
{
    /// <summary>An I/O error for want of room for the shared memory file: SQLite has no code of its own for it.</summary>
    private const int SharedMemoryFull = raw.SQLITE_IOERR | (19 << 8);

    public int ExtendedCode { get; } = extendedCode;

    public int Code => ExtendedCode & 0xFF;

    public bool Full => Code == raw.SQLITE_FULL || ExtendedCode == SharedMemoryFull;

    /// <summary>The disk, its rights, another process's lock or memory: it may be gone by the next try. A damaged file counts too, for nothing can be kept in it.</summary>
    public bool Outside => Full || Code is raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_BUSY or raw.SQLITE_LOCKED
        or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PERM;

    public StorageUnavailableException ToUnavailable() => new(
        Full ? $"The store has no room left. {Message}" : $"The store cannot be used now. {Message}", Full, this);
}
