using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Client.Connections;

namespace Orchestrator.Client;

public static class OrchestratorClientServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="IOrchestratorClient"/> of a server.</summary>
    public static IServiceCollection AddOrchestrator(this IServiceCollection services, Action<OrchestratorClientOptions> configure)
    {
        services.AddOptions<OrchestratorClientOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IOrchestratorConnection>(provider => new HttpConnection(
            provider.GetRequiredService<IOptions<OrchestratorClientOptions>>().Value, provider.GetRequiredService<ReconnectPolicy>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ReconnectPolicy(
            provider.GetRequiredService<IOptions<OrchestratorClientOptions>>().Value.AttemptsMax, provider.GetRequiredService<TimeProvider>()));
        return services.AddOrchestratorClient();
    }

    /// <summary>Adds the client to a way that was added before.</summary>
    public static IServiceCollection AddOrchestratorClient(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IOrchestratorClient, OrchestratorClient>();
        return services;
    }
}
