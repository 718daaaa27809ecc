using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.Hosting.Tests.Orleans;

public sealed class When_an_operator_looks_at_the_dashboard : IAsyncLifetime
{
    private const string Key = "ana-7c1f0d5be2a94c36";
    private static readonly string Hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("dashboard-");
    private readonly List<WebApplication> servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task the_key_opens_it_and_nothing_else_does()
    {
        using var client = await StartAsync(("Operators:KeyHashes:ana", Hash));

        foreach (var path in (string[])["/dashboard", "/dashboard/", "/dashboard/ClusterStats", "/DASHBOARD/clusterstats", "/dashboard/GrainState?grainId=x&grainType=y", "/dashboard/index.min.js"])
        {
            var refused = await client.GetAsync(path);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            refused.Headers.WwwAuthenticate.Select(way => way.Scheme).ShouldBe(["Basic", "Bearer"]);
            (await refused.Content.ReadAsStringAsync()).ShouldBeEmpty();
        }

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var page = await client.GetAsync("/dashboard/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await page.Content.ReadAsStringAsync()).ShouldContain("Orleans Dashboard");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("ana:" + Key)));
        var counters = JsonDocument.Parse(await client.GetStringAsync("/dashboard/DashboardCounters")).RootElement;
        counters.GetProperty("hosts").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task no_grains_state_and_no_log_is_shown_to_anybody()
    {
        using var client = await StartAsync(("Operators:KeyHashes:ana", Hash));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        foreach (var path in (string[])["/dashboard/GrainState", "/dashboard/GrainState?grainId=a&grainType=agent", "/dashboard/grainstate", "/DashBoard/GRAINSTATE?grainId=a", "/dashboard//GrainState", "/dashboard/Trace", "/dashboard/GrainState/"])
        {
            var answer = await client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task it_changes_nothing()
    {
        using var client = await StartAsync(("Operators:KeyHashes:ana", Hash));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch])
        {
            (await client.SendAsync(new HttpRequestMessage(method, "/dashboard/ClusterStats"))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        }
    }

    [Fact]
    public async Task it_is_never_at_the_root_and_can_be_elsewhere_or_nowhere()
    {
        using var elsewhere = await StartAsync(("Operators:KeyHashes:ana", Hash), ("Dashboard:Path", "/ops/orleans"));
        elsewhere.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        (await elsewhere.GetAsync("/ops/orleans/ClusterStats")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in (string[])["/", "/index.html", "/ClusterStats", "/dashboard", "/GrainState"])
        {
            (await elsewhere.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var nowhere = await StartAsync(("Operators:KeyHashes:ana", Hash), ("Dashboard:On", "false"));
        nowhere.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        (await nowhere.GetAsync("/dashboard/ClusterStats")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task without_keys_a_process_that_is_alone_shows_it_on_loopback_to_its_own_machine()
    {
        using var client = await StartAsync();

        (await client.GetAsync("/dashboard/ClusterStats")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/dashboard/GrainState?grainId=a&grainType=agent")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(client, request => request.Headers.Host = "rebound.example.com")).ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(client, request => request.Headers.Add("Origin", "http://elsewhere.example.com"))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task without_keys_nobody_sees_it_where_the_server_listens_to_the_network()
    {
        using var client = await StartAsync(("Urls", "http://0.0.0.0:0"));

        (await client.GetAsync("/dashboard/ClusterStats")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard/ClusterStats");
        change(request);
        return (await client.SendAsync(request)).StatusCode;
    }

    private async Task<HttpClient> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings
            .Prepend(("Data:Folder", Path.Combine(folder.FullName, "data-" + servers.Count)))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.AddOrchestratorRole(hasApi: false);
        builder.WebHost.UseUrls(settings.FirstOrDefault(setting => setting.Key == "Urls").Value ?? "http://127.0.0.1:0");
        var app = builder.Build();
        servers.Add(app);
        app.UseRouting();
        app.MapOperatorDashboard();
        await app.StartAsync();
        return new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{new Uri(app.Urls.First()).Port}") };
    }
}
