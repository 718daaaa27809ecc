using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_a_workflow_has_a_callback(SiloServer silo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task the_receiver_is_told_and_told_again_when_somebody_asks()
    {
        await using var receiver = await Receiver.StartAsync();
        var started = await client.PostJsonAsync("/api/v1/workflows", $$"""
            {"plan": {"id": "greet", "steps": [{"id": "hello", "action": "echo", "input": {"text": "hi"} } ] }, "callbackUrl": "{{receiver.Address}}hook?token=x", "tags": {"team": "docs"} }
            """);
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        var id = (await started.JsonAsync()).GetProperty("id").GetString();

        var (headers, body) = await receiver.NextAsync();
        body.GetProperty("type").GetString().ShouldBe("workflow.completed");
        body.GetProperty("subject").GetString().ShouldBe(id);
        body.GetProperty("data").GetProperty("output").ToString().ShouldContain("hi");
        headers["webhook-signature"].ToString().ShouldStartWith("v1,");

        var again = await client.PostJsonAsync($"/api/v1/callbacks/{id}/redeliver", "");
        again.StatusCode.ShouldBe(HttpStatusCode.OK, await again.Content.ReadAsStringAsync());
        var (second, _) = await receiver.NextAsync();
        second["webhook-id"].ShouldBe(headers["webhook-id"]);

        var view = await (await client.GetAsync($"/api/v1/callbacks/{id}")).JsonAsync();
        view.GetProperty("url").GetString().ShouldBe(receiver.Address + "hook");
        view.GetProperty("workflow").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task there_is_none_of_a_workflow_without_an_address()
    {
        var started = await client.PostJsonAsync("/api/v1/workflows", """{"plan": {"id": "greet", "steps": [{"id": "hello", "action": "echo"}]}}""");
        var id = (await started.JsonAsync()).GetProperty("id").GetString();
        await (await client.GetAsync($"/api/v1/callbacks/{id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "callback.not_found");
        await (await client.GetAsync("/api/v1/callbacks/no%20id")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "callback.not_found");
        await (await client.PostJsonAsync($"/api/v1/callbacks/{id}/redeliver", "")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "callback.not_found");
    }

    /// <summary>A real HTTP server on loopback that takes what it is sent.</summary>
    private sealed class Receiver(WebApplication app, Channel<(IHeaderDictionary, JsonElement)> got) : IAsyncDisposable
    {
        public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/";

        public static async Task<Receiver> StartAsync()
        {
            var got = Channel.CreateUnbounded<(IHeaderDictionary, JsonElement)>();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            app.Run(async context =>
            {
                var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
                await got.Writer.WriteAsync((new HeaderDictionary(context.Request.Headers.ToDictionary()), body));
            });
            await app.StartAsync();
            return new Receiver(app, got);
        }

        public async Task<(IHeaderDictionary Headers, JsonElement Body)> NextAsync() => await got.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
