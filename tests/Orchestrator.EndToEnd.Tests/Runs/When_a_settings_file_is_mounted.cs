using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>The server as its image runs it (S2-69): a settings file of S2 at the place that the environment names, and its two ports.</summary>
public sealed class When_a_settings_file_is_mounted : IDisposable
{
    private const string Key = "me-0d4b6f92ac1e4f07b3d5";

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task it_serves_the_api_with_keys_on_one_port_and_metrics_without_on_the_other()
    {
        var (port, metrics) = (Ports.Free(), Ports.Free());
        var file = place.Write("app/config.yaml", $"agent: {{name: mounted, host: 0.0.0.0, port: {port}}}\nmonitoring: {{enable_metrics: true, metrics_port: {metrics}}}\nrate_limiting: {{default_rate: 100, burst_size: 20}}\n");
        await using var server = OrcProcess.StartProgram(
            "Orchestrator.ApiHost.dll", place.Folder, [], ("ORC_CONFIG", file), ("ORC__Data__Folder", place.DataFolder),
            ("ORC__Operators__KeyHashes__me", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))));
        var api = new Uri($"http://127.0.0.1:{port}/");
        await server.AnswersAsync(new Uri(api, "/health/ready"));
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/metrics"))).ShouldContain("orchestrator_active_tasks");
        (await http.GetAsync(new Uri(api, "/metrics"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await http.GetAsync(new Uri(api, "/api/v1/stats"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        (await http.GetStringAsync(new Uri(api, "/api/v1/stats"))).ShouldContain("\"name\":\"mounted\"");
        server.Everything.ShouldNotContain("anybody who can reach");
    }
}
