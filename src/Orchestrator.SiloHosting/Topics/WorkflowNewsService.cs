using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Grains;

namespace Orchestrator.SiloHosting.Topics;

/// <summary>Asks for news to be told, for as long as the host runs. Every silo asks, so that the death of one costs a moment.</summary>
internal sealed partial class WorkflowNewsService(IGrainFactory grains, IOptions<WorkflowNewsOptions> options, TimeProvider clock, ILogger<WorkflowNewsService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (options.Value.Told)
            {
                await Task.Delay(options.Value.Every, clock, stoppingToken);
                await TellAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is untold is told after the next start, or by another silo.
        }
    }

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        try
        {
            await grains.WorkflowNews().TellAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotTold(failure);
        }
    }

    [LoggerMessage(EventId = 1531, EventName = "WorkflowNewsNotTold", Level = LogLevel.Warning,
        Message = "News of workflows could not be told; they are kept and told later")]
    private partial void LogNotTold(Exception exception);
}
