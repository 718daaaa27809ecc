using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Adapters.Tests.Agents;

/// <summary>A real HTTP server on loopback that does what the test says, and counts.</summary>
internal sealed class StubAgent : IAsyncDisposable
{
    private readonly WebApplication app;
    private int hits;

    private StubAgent(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public int Hits => Volatile.Read(ref hits);

    public static async Task<StubAgent> StartAsync(RequestDelegate handle, string host = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(host), 0));
        var stub = new StubAgent(builder.Build());
        stub.app.Run(async context =>
        {
            Interlocked.Increment(ref stub.hits);
            await handle(context);
        });
        await stub.app.StartAsync();
        stub.Address = new Uri(stub.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return stub;
    }

    public static Task<StubAgent> AnswerAsync(int status, string body = "{}", string type = "application/json", string? retryAfter = null) =>
        StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.Headers.RetryAfter = retryAfter;
            await context.Response.WriteAsync(body);
        });

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }
}
