using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Topics;

namespace Orchestrator.SiloHosting.Topics;

/// <summary>Deletes what topics need not keep, for as long as the host runs.</summary>
internal sealed class TopicRetentionService(ITopicLog log, IOptions<TopicRetentionOptions> options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await new TopicTrimming(log, options.Value.Of, options.Value.BatchMax, clock).RunAsync(options.Value.Interval, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is left to delete goes after the next start.
        }
    }
}
