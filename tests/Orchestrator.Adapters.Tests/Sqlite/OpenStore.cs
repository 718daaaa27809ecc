using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;

namespace Orchestrator.Adapters.Tests.Sqlite;

/// <summary>A store in a folder, as a process has it.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly DataFolder folder;

    private OpenStore(DataFolder folder, SqliteStore store)
    {
        this.folder = folder;
        Store = store;
    }

    public SqliteStore Store { get; }

    public static OpenStore In(string path, SqliteOptions? options = null, TimeProvider? clock = null)
    {
        var folder = DataFolder.TryOpen(path, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        try
        {
            return new(folder, SqliteStore.Open(folder, options ?? new SqliteOptions(), clock ?? TimeProvider.System));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        folder.Dispose();
    }
}
