using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Grains.Topics;

namespace Orchestrator.SiloHosting.Topics;

internal static class TopicHosting
{
    /// <summary>What topics need in each process beside their grains and their log. Comes after the grains, so that it stops before them.</summary>
    public static IServiceCollection AddTopics(this IServiceCollection services) => services
        .AddSingleton<TopicBells>()
        .AddSingleton<TopicHintListener>()
        .AddHostedService<TopicHintService>()
        .AddHostedService<TopicRetentionService>()
        .AddHostedService<WorkflowNewsService>();

    /// <summary>Listens to the other silos for as long as the host runs.</summary>
    private sealed class TopicHintService(TopicHintListener listener) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await listener.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops; readers look by themselves until they end.
            }
        }
    }
}
