using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Health;

namespace Orchestrator.Hosting.Tests.Health;

public sealed class When_the_silo_is_asked_how_it_is : IAsyncLifetime
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("health-");
    private readonly Lease lease = new();
    private DataFolder folder = null!;
    private ServiceProvider services = null!;

    public Task InitializeAsync()
    {
        folder = DataFolder.TryOpen(place.FullName, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddOrchestratorSilo(folder)
            .AddSingleton<IProcessEpoch>(lease)
            .BuildServiceProvider();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
        place.Delete(recursive: true);
    }

    [Fact]
    public async Task it_is_ready_while_its_store_takes_writes_and_not_afterwards()
    {
        (await AskAsync(SiloHealth.Startup)).ShouldBe(HealthStatus.Healthy);
        (await AskAsync(SiloHealth.Startup)).ShouldBe(HealthStatus.Healthy);
        var written = ((SqliteStore)services.GetRequiredService<IStore>()).Statistics.Writes;
        await AskAsync(SiloHealth.Startup);
        ((SqliteStore)services.GetRequiredService<IStore>()).Statistics.Writes.ShouldBe(written + 1);

        await services.GetRequiredService<IStore>().DisposeAsync();
        (await AskAsync(SiloHealth.Startup)).ShouldBe(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task being_alive_asks_nothing_of_the_store()
    {
        await services.GetRequiredService<IStore>().DisposeAsync();
        (await AskAsync(SiloHealth.Live)).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task one_that_counts_as_lost_is_neither_ready_nor_alive_until_it_is_restarted()
    {
        (await AskAsync(SiloHealth.Ready, "lease")).ShouldBe(HealthStatus.Healthy);
        (await AskAsync(SiloHealth.Live, "lease")).ShouldBe(HealthStatus.Healthy);

        lease.CountsAsLost = true;

        (await AskAsync(SiloHealth.Ready, "lease")).ShouldBe(HealthStatus.Unhealthy);
        (await AskAsync(SiloHealth.Live)).ShouldBe(HealthStatus.Unhealthy);
        (await AskAsync(SiloHealth.Startup)).ShouldBe(HealthStatus.Healthy);
    }

    private async Task<HealthStatus> AskAsync(string tag, string? name = null) =>
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag) && (name is null || check.Name == name))).Status;

    private sealed class Lease : IProcessEpoch
    {
        public bool CountsAsLost { get; set; }

        public long Current => 1;

        public string Owner => "";

        public ProcessFate FateOf(long epoch) => ProcessFate.Running;
    }
}
