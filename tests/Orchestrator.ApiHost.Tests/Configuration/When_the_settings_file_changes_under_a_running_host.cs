using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Orchestrator.Hosting.Tests.Configuration;

namespace Orchestrator.ApiHost.Tests.Configuration;

/// <summary>Routes, agents, limits, schedules and subscriptions follow <c>orchestrator.yaml</c> without a restart.</summary>
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

    [Fact]
    public async Task declared_schedules_come_change_rest_and_come_back()
    {
        await TakeAsync(Schedules("Cron: ['30 6 * * *'], Plan: digest"));
        await UntilAsync("/api/v1/schedules/nightly", HttpStatusCode.OK);
        await TakeAsync(Schedules("Cron: ['45 7 * * *'], Plan: digest, Overlap: AllowAll"));
        (await ScheduleAsync(seen => seen.GetProperty("overlap").GetString() == "allow_all")).GetProperty("cron")[0].GetString().ShouldBe("45 7 * * *");

        // What no schedule can be is refused with its line, and all that came with it; the old one stands.
        server.Write("routes: {rules: [{pattern: with_it, targetAgent: echo}]}\n" + Schedules("Cron: ['99 7 * * *'], Plan: digest"));
        (await server.Log.NextAsync("SettingsRefused")).ShouldContain("orchestrator.yaml:2:");
        (await ScheduleAsync(_ => true)).GetProperty("cron")[0].GetString().ShouldBe("45 7 * * *");
        (await DoAsync("with_it")).ShouldBe(HttpStatusCode.NotFound);

        // Declared no longer it rests, and declared again it goes on.
        await TakeAsync("routes: {rules: []}\n");
        (await ScheduleAsync(seen => seen.GetProperty("paused").GetBoolean())).GetProperty("note").GetString().ShouldBe("The configuration declares it no longer.");
        await TakeAsync(Schedules("Cron: ['45 7 * * *'], Plan: digest, Overlap: AllowAll"));
        await ScheduleAsync(seen => !seen.GetProperty("paused").GetBoolean());

        static string Schedules(string nightly) => $"schedules: {{declared: {{nightly: {{{nightly}}}}}}}\n";
    }

    [Fact]
    public async Task declared_subscriptions_act_on_what_comes_while_they_are_declared()
    {
        await TakeAsync(Rules("{name: told, topic: news, agent: echo, action: echo}"));
        await UntilAsync("/api/v1/subscriptions/told", HttpStatusCode.OK);
        var started = await StartedAsync(moreThan: 0);

        server.Write(Rules("{name: told, topic: news}"));
        (await server.Log.NextAsync("SettingsRefused")).ShouldContain("orchestrator.yaml:1:");
        await StartedAsync(started);

        // Another takes its place.
        await TakeAsync(Rules("{name: other, topic: news, agent: echo, action: echo}"));
        await UntilAsync("/api/v1/subscriptions/told", HttpStatusCode.NotFound);
        await UntilAsync("/api/v1/subscriptions/other", HttpStatusCode.OK);

        static string Rules(string rule) => $"subscriptions: {{rules: [{rule}]}}\n";
    }

    /// <summary>Publishes until the subscription has started more workflows: when it was first known is for it to say.</summary>
    private async Task<long> StartedAsync(long moreThan)
    {
        for (var number = moreThan; ; number++)
        {
            (await client.PostJsonAsync("/api/v1/topics/news/events", $$"""{"specversion": "1.0", "id": "{{number}}", "source": "test", "type": "said", "data": {"number": {{number}} } }""")).StatusCode.ShouldBe(HttpStatusCode.OK);
            var progress = await (await client.GetAsync("/api/v1/subscriptions/told/progress")).JsonAsync();
            if (progress.GetProperty("started").GetInt64() is var started && started > moreThan)
            {
                return started;
            }
        }
    }

    private async Task TakeAsync(string settings)
    {
        server.Write(settings);
        await server.Log.NextAsync("SettingsTaken");
    }

    private Task<JsonElement> ScheduleAsync(Func<JsonElement, bool> expected) => UntilAsync("/api/v1/schedules/nightly", expected);

    private async Task<JsonElement> UntilAsync(string address, Func<JsonElement, bool> expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var seen = await (await client.GetAsync(address, patience.Token)).JsonAsync();
            if (expected(seen))
            {
                return seen;
            }
        }
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
        public SettingsLog Log { get; } = new();

        public void Write(string settings) => File.WriteAllText(Path.Combine(Folder, "orchestrator.yaml"), settings + "reload: {every: 00:00:00.100}\n");

        protected override void Compose(WebApplicationBuilder builder) => builder.Logging.AddProvider(Log);
    }
}
