using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.ApiHost.Tests;

/// <summary>A real HTTP agent on loopback that takes every call on and leaves it to the test to complete it.</summary>
internal sealed class LaterAgent(WebApplication app, Channel<TakenOn> taken) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/work";

    public static async Task<LaterAgent> StartAsync()
    {
        var taken = Channel.CreateUnbounded<TakenOn>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            context.Response.StatusCode = 202;
            await taken.Writer.WriteAsync(new TakenOn(
                context.Request.Headers["Orchestrator-Completion-Token"].ToString(), context.Request.Headers["Orchestrator-Completion-Url"].ToString(), body.GetProperty("context")));
        });
        await app.StartAsync();
        return new LaterAgent(app, taken);
    }

    public async Task<TakenOn> NextAsync() => await taken.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>What the agent was told.</summary>
internal sealed record TakenOn(string Token, string Url, JsonElement Context);
