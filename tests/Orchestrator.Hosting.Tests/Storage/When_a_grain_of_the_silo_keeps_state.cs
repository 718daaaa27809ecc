using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.LocalRuntime;
using Orchestrator.SiloHosting;

namespace Orchestrator.Hosting.Tests.Storage;

public sealed class When_a_grain_of_the_silo_keeps_state : IAsyncLifetime
{
    private static readonly GrainId Ada = GrainId.Create("session", "ada/7");

    private readonly string path = Directory.CreateTempSubdirectory("orchestrator-test-").FullName;
    private DataFolder? folder;
    private ServiceProvider? services;

    private IGrainStorage Storage => services!.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

    private IReminderTable Reminders => services!.GetRequiredKeyedService<IReminderTable>(ProviderConstants.DefaultReminderTableName);

    public Task InitializeAsync()
    {
        Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task it_is_there_after_the_next_start()
    {
        var written = new GrainState<Memory>(new Memory { Name = "Ada", Turns = 0, Seen = { ["a"] = DateTimeOffset.UnixEpoch } });
        await Storage.WriteStateAsync("memory", Ada, written);
        written.RecordExists.ShouldBeTrue();

        await StopAsync();
        Start();
        var read = new GrainState<Memory>();
        await Storage.ReadStateAsync("memory", Ada, read);

        read.RecordExists.ShouldBeTrue();
        read.ETag.ShouldBe(written.ETag);
        read.State!.Name.ShouldBe("Ada");
        read.State.Turns.ShouldBe(0);
        read.State.Seen["a"].ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task a_record_that_does_not_exist_reads_as_a_new_one()
    {
        var read = new GrainState<Memory>(new Memory { Name = "left over" }, "left over");
        await Storage.ReadStateAsync("memory", Ada, read);

        read.RecordExists.ShouldBeFalse();
        read.ETag.ShouldBeNull();
        read.State!.Turns.ShouldBe(1);
    }

    [Fact]
    public async Task who_has_not_read_the_last_version_can_neither_write_nor_clear()
    {
        var first = new GrainState<Memory>(new Memory { Name = "first" });
        await Storage.WriteStateAsync("memory", Ada, first);
        var second = new GrainState<Memory>(new Memory { Name = "second" }, first.ETag);
        await Storage.WriteStateAsync("memory", Ada, second);

        var refused = await Should.ThrowAsync<InconsistentStateException>(() => Storage.WriteStateAsync("memory", Ada, first));
        refused.StoredEtag.ShouldBe(second.ETag);
        refused.CurrentEtag.ShouldBe(first.ETag);
        await Should.ThrowAsync<InconsistentStateException>(() => Storage.ClearStateAsync("memory", Ada, first));

        await Storage.ClearStateAsync("memory", Ada, second);
        second.RecordExists.ShouldBeFalse();
        second.ETag.ShouldBeNull();
        second.State!.Name.ShouldBe("");
        await Storage.WriteStateAsync("memory", Ada, second);
    }

    [Fact]
    public async Task its_reminders_are_there_after_the_next_start()
    {
        var entry = new ReminderEntry(Ada, "daily", DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1));
        await Reminders.WriteAsync(entry, CancellationToken.None);

        await StopAsync();
        Start();

        (await Reminders.ReadAllAsync(CancellationToken.None)).ShouldBe([entry]);
        await Reminders.RemoveAsync(Ada, "daily", CancellationToken.None);
        (await Reminders.ReadAllAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    private void Start()
    {
        folder = DataFolder.TryOpen(path, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddOrchestratorSilo(folder)
            .BuildServiceProvider();
    }

    private async Task StopAsync()
    {
        await services!.DisposeAsync();
        folder!.Dispose();
    }

    private sealed class Memory
    {
        public string Name { get; set; } = "";

        public int Turns { get; set; } = 1;

        public Dictionary<string, DateTimeOffset> Seen { get; set; } = [];
    }
}
