using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.SiloHosting;

namespace Orchestrator.ApiHost.Tests;

/// <summary>The whole product in one process, on a data folder of its own: the real door, silo, journal and built-in agents.</summary>
public class SiloServer : IAsyncLifetime
{
    public const string Collection = "one silo";

    private readonly string path = Directory.CreateTempSubdirectory("orc-api-").FullName;
    private DataFolder folder = null!;
    private WebApplication app = null!;
    private bool started;

    public HttpClient Client { get; private set; } = null!;

    public TestServer Server => app.GetTestServer();

    public IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Where the server looks for its settings file.</summary>
    protected string Folder => path;

    public virtual Task InitializeAsync() => StartAsync();

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Starts the server, or starts it again on what it kept.</summary>
    public async Task StartAsync()
    {
        folder = DataFolder.TryOpen(Path.Combine(path, "data"), TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        app = OrchestratorWebApplication.Create(path, [new("Api:CursorKeyFile", Path.Combine(path, "data", "cursor.key")), new("Outbound:AllowLoopback", "true"), new("AgentCalls:AnswerBytesMax", "2097152")], builder =>
        {
            builder.Logging.ClearProviders();
            builder.WebHost.UseTestServer();
            builder.Services.AddOrchestratorSilo(folder);
            Compose(builder);
        });
        await app.StartAsync();
        started = true;
        Client = app.GetTestClient();
    }

    /// <summary>Changes what the server is made of.</summary>
    protected virtual void Compose(WebApplicationBuilder builder)
    {
    }

    /// <summary>Ends it in good order. What it kept stays.</summary>
    public async Task StopAsync()
    {
        if (started)
        {
            // What refused to start has nothing to stop, and Orleans says so.
            await app.StopAsync();
            started = false;
        }

        await app.DisposeAsync();
        folder.Dispose();
    }
}

[CollectionDefinition(SiloServer.Collection)]
public sealed class OneSilo : ICollectionFixture<SiloServer>;
