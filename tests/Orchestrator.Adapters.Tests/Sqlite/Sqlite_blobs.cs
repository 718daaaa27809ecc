using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Adapters.Tests.Blobs;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_blobs : StoredBlobContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private OpenStore open;

    public Sqlite_blobs() => open = OpenStore.In(folder.Path, clock: Clock);

    protected override IStore Store => open.Store;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }

    protected override Task<long> PartsAsync()
    {
        using var connection = SqliteConnection.OpenReadOnly(DataFolder.DatabaseFileIn(folder.Path), TimeSpan.FromSeconds(2));
        return Task.FromResult(connection.Scalar("SELECT count(*) FROM blob_part"));
    }

    [Fact]
    public async Task a_blob_is_there_after_the_next_start_and_an_upload_can_go_on()
    {
        var blob = await PutAsync("up", "kept");
        await Blobs.WritePartAsync("half", 0, Bytes("one,"), None);

        await open.DisposeAsync();
        open = OpenStore.In(folder.Path, clock: Clock);

        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);
        await Blobs.WritePartAsync("half", 1, Bytes("two"), None);
        (await Blobs.CompleteAsync("half", Summary("one,", "two"), None)).ShouldBe(Vocabulary.Blobs.BlobOutcome.Stored);
    }
}
