using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.SiloHosting;

namespace Orchestrator.ApiHost.Tests.Configuration;

/// <summary>Hosts on real ports, with a settings file of the S2 system.</summary>
[Collection(SiloServer.Collection)]
public sealed class When_metrics_have_a_port_of_their_own : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("orc-metrics-").FullName;
    private readonly (int Api, int Metrics) ports = FreePorts();

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact] // S2-24
    public async Task it_serves_them_and_nothing_else()
    {
        await using var host = await StartAsync("monitoring: {enable_metrics: true, metrics_port: METRICS}");
        using var client = new HttpClient();
        foreach (var (port, where, status) in new[]
        {
            (ports.Metrics, "/metrics", HttpStatusCode.OK), (ports.Metrics, "/health/live", HttpStatusCode.NotFound), (ports.Metrics, "/api/v1/workflows", HttpStatusCode.NotFound),
            (ports.Metrics, "/docs", HttpStatusCode.NotFound), (ports.Api, "/metrics", HttpStatusCode.OK), (ports.Api, "/api/v1/workflows", HttpStatusCode.OK),
        })
        {
            (await client.GetAsync($"http://127.0.0.1:{port}{where}")).StatusCode.ShouldBe(status, where);
        }

        (await client.GetStringAsync($"http://127.0.0.1:{ports.Metrics}/metrics")).ShouldContain("orchestrator_active_tasks");
    }

    [Theory] // S2-24, S4-49
    [InlineData("monitoring: {enable_metrics: false}")]
    [InlineData("metrics: {collection_enabled: false}")]
    public async Task they_may_be_kept_to_oneself(string setting)
    {
        await using var host = await StartAsync(setting);
        using var client = new HttpClient();
        (await client.GetAsync($"http://127.0.0.1:{ports.Api}/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync($"http://127.0.0.1:{ports.Api}/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task it_cannot_be_the_port_of_everything_else()
    {
        var refused = await Should.ThrowAsync<OptionsValidationException>(() => StartAsync($"monitoring: {{metrics_port: {ports.Api}}}"));
        refused.Message.ShouldContain("Api:MetricsPort");
    }

    private async Task<WebApplication> StartAsync(string settings)
    {
        await File.WriteAllTextAsync(
            Path.Combine(path, "orchestrator.yaml"),
            $"agent: {{host: 127.0.0.1, port: {ports.Api}}}\n{settings.Replace("METRICS", ports.Metrics.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)}\n");
        var folder = DataFolder.TryOpen(Path.Combine(path, "data"), TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        var app = OrchestratorWebApplication.Create(path, [new("Api:CursorKeyFile", Path.Combine(path, "data", "cursor.key"))], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddOrchestratorSilo(folder);
        });
        app.Lifetime.ApplicationStopped.Register(folder.Dispose);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    // Taken at the same time, so that they are two.
    private static (int Api, int Metrics) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
