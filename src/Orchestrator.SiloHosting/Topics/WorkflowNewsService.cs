using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Grains;
using Orchestrator.SiloHosting.Services;

namespace Orchestrator.SiloHosting.Topics;

/// <summary>Has news told, and callbacks that are owed taken on.</summary>
internal sealed class WorkflowNewsService(IGrainFactory grains, IOptions<WorkflowNewsOptions> options, TimeProvider clock, ILogger<WorkflowNewsService> logger)
    : PeriodicService(clock, logger)
{
    protected override TimeSpan Every => options.Value.Every;

    protected override string What => "telling news of workflows; they are kept";

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        await grains.WorkflowNews().TellAsync(stoppingToken);
        await grains.CallbackRelay().RelayAsync(stoppingToken);
    }
}
