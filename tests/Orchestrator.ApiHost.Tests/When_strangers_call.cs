using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_strangers_call(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly ApiServer server = shared.Server;

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("192.168.1.5")]
    [InlineData("localhost.")]
    public async Task another_name_is_not_answered(string host) =>
        await (await server.Client.GetAsync("/api/v1/templates", ("Host", host))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "host.refused");

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("127.9.9.9")]
    [InlineData("[::1]:8080")]
    public async Task the_names_of_this_machine_are(string host) =>
        (await server.Client.GetAsync("/api/v1/templates", ("Host", host))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:3000")]
    [InlineData("null")]
    [InlineData("http://localhost.evil.example")]
    public async Task a_page_from_elsewhere_is_not_served(string origin)
    {
        var response = await server.Client.PostJsonAsync("/api/v1/workflows", "{}", ("Origin", origin));
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "origin.refused");
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task our_own_page_is() =>
        (await server.Client.GetAsync("/api/v1/templates", ("Origin", "http://localhost"))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task every_answer_tells_browsers_to_be_careful()
    {
        foreach (var path in (string[])["/api/v1/templates", "/nowhere", "/docs/index.html", "/errors", "/openapi/v1.json"])
        {
            var headers = (await server.Client.GetAsync(path)).Headers;
            headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], path);
            var policy = headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("frame-ancestors 'none'", Case.Sensitive, path);
            policy.ShouldContain("default-src", Case.Sensitive, path);
            policy.ShouldNotContain("unsafe-eval");
            policy.Split(';').Where(part => part.Contains("script-src", StringComparison.Ordinal)).ShouldAllBe(part => !part.Contains("unsafe-inline", StringComparison.Ordinal));
            headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    public async Task the_server_does_not_start_where_they_could_reach_it(string url)
    {
        await using var app = Compose(url);
        var refused = await Should.ThrowAsync<Exception>(() => app.StartAsync());
        (refused is Safety.OpenToStrangersException || refused.InnerException is Safety.OpenToStrangersException).ShouldBeTrue(refused.ToString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", false)]
    [InlineData("http://0.0.0.0:0", true)]
    public async Task it_starts_on_loopback_or_where_it_was_allowed(string url, bool anonymous)
    {
        await using var app = Compose(url, ("Api:AllowAnonymous", anonymous ? "true" : "false"));
        await app.StartAsync();
        using var client = new HttpClient();
        var address = app.Urls.Single().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        (await client.GetAsync(new Uri(address + "/api/v1/templates"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await app.StopAsync();
    }

    private static WebApplication Compose(string url, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddSingleton(Substitute.For<IGrainFactory>());
        builder.AddOrchestratorApi();
        return builder.Build().MapOrchestratorApi();
    }
}
