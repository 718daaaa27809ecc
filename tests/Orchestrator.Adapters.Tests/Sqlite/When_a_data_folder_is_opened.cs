using Orchestrator.Adapters.Sqlite.Folders;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_a_data_folder_is_opened : IDisposable
{
    private static readonly Uri Url = new("http://127.0.0.1:8080");

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void a_second_opening_learns_who_has_it_and_where_to_join()
    {
        using var folder = Open().ShouldBeOfType<DataFolderOpening.Opened>().Folder;

        var silent = Open().ShouldBeOfType<DataFolderOpening.InUse>();
        silent.ProcessId.ShouldBe(Environment.ProcessId);
        silent.ServerUrl.ShouldBeNull();

        folder.Announce(Url);
        Open().ShouldBeOfType<DataFolderOpening.InUse>().ServerUrl.ShouldBe(Url);
    }

    [Fact]
    public void it_is_free_again_when_its_owner_gives_it_back()
    {
        var first = Open().ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        first.Announce(Url);
        first.Dispose();

        using var second = Open().ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        first.Dispose(); // Changes nothing for the second owner.

        Open().ShouldBeOfType<DataFolderOpening.InUse>().Owner.ShouldNotBeNull().ServerUrl.ShouldBeNull();
    }

    [Fact]
    public async Task it_is_free_again_when_its_owner_was_killed()
    {
        using (var process = DoomedProcess.Start("append", temporary.Path))
        {
            await process.StandardOutput.ReadLineAsync();
            Open().ShouldBeOfType<DataFolderOpening.InUse>().ProcessId.ShouldBe(process.Id);
            process.Kill();
            await process.WaitForExitAsync();
        }

        using var folder = Open().ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        Open().ShouldBeOfType<DataFolderOpening.InUse>().ProcessId.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public void it_is_made_for_this_user_only()
    {
        var path = temporary.File("new");
        using var folder = DataFolder.TryOpen(path, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;

        Directory.Exists(path).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private DataFolderOpening Open() => DataFolder.TryOpen(temporary.Path, TimeProvider.System);
}
