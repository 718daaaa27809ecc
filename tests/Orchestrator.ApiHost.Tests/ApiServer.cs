using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Orchestrator.ApiHost.Tests;

/// <summary>The door with grains behind it that say what a test tells them to.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ApiServer(WebApplication app, IGrainFactory grains)
    {
        this.app = app;
        Grains = grains;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public IGrainFactory Grains { get; }

    public IServiceProvider Services => app.Services;

    public static Task<ApiServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<ApiServer> StartAsync(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var grains = Substitute.For<IGrainFactory>();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)));
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(clock);
        builder.AddOrchestratorApi();
        var app = builder.Build();
        app.MapOrchestratorApi();
        await app.StartAsync();
        return new ApiServer(app, grains);
    }

    /// <summary>Puts a grain behind a key.</summary>
    public TGrain Grain<TGrain>(string key)
        where TGrain : class, IGrainWithStringKey
    {
        var grain = Substitute.For<TGrain>();
        Grains.GetGrain<TGrain>(key).Returns(grain);
        return grain;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
