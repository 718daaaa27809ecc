using System.Net;

namespace Orchestrator.ApiHost.Tests.Configuration;

/// <summary>Routes, and the limits of agents, follow <c>orchestrator.yaml</c> without a restart.</summary>
[Collection(SiloServer.Collection)]
public sealed class When_the_settings_file_changes_under_a_running_host : IAsyncLifetime
{
    private readonly ConfiguredServer server = new();
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        server.Write("routes: {rules: [{pattern: old_way, targetAgent: echo}]}\nagents: {declared: {far: {endpoints: ['http://192.0.2.1/'], concurrency: 3, perMinute: 60}}}\n");
        await server.InitializeAsync();
        client = server.Client;
    }

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task routes_come_and_go()
    {
        (await DoAsync("old_way")).ShouldBe(HttpStatusCode.OK);
        (await DoAsync("new_way")).ShouldBe(HttpStatusCode.NotFound);
        server.Write("routes: {rules: [{pattern: new_way, targetAgent: echo}]}\n");
        await UntilAsync("/api/v1/routes/new_way", HttpStatusCode.OK);
        (await DoAsync("new_way")).ShouldBe(HttpStatusCode.OK);
        (await DoAsync("old_way")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task the_limits_of_an_agent_change_while_it_stands()
    {
        (await LimitsAsync()).ShouldBe((3, 60));
        server.Write("agents: {declared: {far: {endpoints: ['http://192.0.2.1/'], concurrency: 7, perMinute: 600}}}\n");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await LimitsAsync() is var seen && seen != (7, 600))
        {
            seen.ShouldBe((3, 60));
            patience.Token.ThrowIfCancellationRequested();
        }

        // An agent that is declared no more is gone, and one that comes is there.
        server.Write("agents: {declared: {near: {endpoints: ['http://192.0.2.2/']}}}\n");
        await UntilAsync("/api/v1/agents/near", HttpStatusCode.OK);
        (await client.GetAsync("/api/v1/agents/far")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var listed = (await (await client.GetAsync("/api/v1/agents?limit=200")).JsonAsync()).GetProperty("items").EnumerateArray().Select(agent => agent.GetProperty("name").GetString()).ToList();
        listed.ShouldContain("near");
        listed.ShouldNotContain("far");
    }

    [Fact]
    public async Task named_limits_change_come_and_go()
    {
        (await client.GetAsync("/api/v1/limits/budget")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        server.Write("limits: {declared: {budget: {concurrency: 3}}}\n");
        await UntilAsync("/api/v1/limits/budget", HttpStatusCode.OK);
        (await ConcurrencyAsync()).ShouldBe(3);
        server.Write("limits: {declared: {budget: {concurrency: 5}}}\n");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ConcurrencyAsync() is var seen && seen != 5)
        {
            seen.ShouldBe(3);
            patience.Token.ThrowIfCancellationRequested();
        }

        server.Write("routes: {rules: []}\n");
        await UntilAsync("/api/v1/limits/budget", HttpStatusCode.NotFound);

        async Task<int> ConcurrencyAsync() => (await (await client.GetAsync("/api/v1/limits/budget")).JsonAsync()).GetProperty("concurrency").GetInt32();
    }

    private async Task<HttpStatusCode> DoAsync(string pattern) =>
        (await client.PostJsonAsync("/orchestrate", $$"""{"pattern": "{{pattern}}", "payload": {} }""", ("Prefer", "wait=30"))).StatusCode;

    private async Task<(int Concurrency, int PerMinute)> LimitsAsync()
    {
        var agent = await (await client.GetAsync("/api/v1/agents/far")).JsonAsync();
        return (agent.GetProperty("concurrency").GetInt32(), agent.GetProperty("rateLimit").GetProperty("perMinute").GetInt32());
    }

    private async Task UntilAsync(string address, HttpStatusCode expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await client.GetAsync(address, patience.Token)).StatusCode != expected)
        {
        }
    }

    private sealed class ConfiguredServer : SiloServer
    {
        public void Write(string settings) => File.WriteAllText(Path.Combine(Folder, "orchestrator.yaml"), settings + "reload: {every: 00:00:00.100}\n");
    }
}
