using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Retention;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Deletes what has been kept long enough, for as long as the host runs.</summary>
internal sealed class RetentionService(IRetention retention, IOptions<RetentionOptions> options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await retention.RunAsync(options.Value, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is left to delete goes after the next start.
        }
    }
}
