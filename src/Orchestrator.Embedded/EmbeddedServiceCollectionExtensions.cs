using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Client;
using Orchestrator.Client.Connections;

namespace Orchestrator.Embedded;

public static class EmbeddedServiceCollectionExtensions
{
    /// <summary>Runs the whole orchestrator inside this program, as long as its host runs, and adds an <see cref="IOrchestratorClient"/> of it.</summary>
    /// <remarks>Workflows that were unfinished when the program ended, however it ended, go on when it starts again.</remarks>
    public static IServiceCollection AddEmbeddedOrchestrator(this IServiceCollection services, Action<EmbeddedOptions> configure)
    {
        services.AddOptions<EmbeddedOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EmbeddedOrchestrator>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedOrchestrator>());
        services.TryAddSingleton<IOrchestratorConnection, GrainConnection>();
        services.TryAddSingleton(provider => new ReconnectPolicy(attemptsMax: 1, provider.GetRequiredService<TimeProvider>()));
        return services.AddOrchestratorClient();
    }
}
