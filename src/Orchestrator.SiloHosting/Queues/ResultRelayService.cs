using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.RabbitMq;
using Orchestrator.Grains;
using Orchestrator.Grains.Queues;
using Orchestrator.SiloHosting.Services;

namespace Orchestrator.SiloHosting.Queues;

/// <summary>Has the message queue told how workflows ended.</summary>
internal sealed class ResultRelayService(
    IGrainFactory grains, IOptions<MessageQueueOptions> broker, IOptions<ResultRelayOptions> options, TimeProvider clock, ILogger<ResultRelayService> logger)
    : PeriodicService(clock, logger)
{
    protected override TimeSpan Every => options.Value.Every;

    protected override string What => "telling results to the message queue; they are kept";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        broker.Value.Type == MessageQueueType.None || !broker.Value.TellsResults ? Task.CompletedTask : base.ExecuteAsync(stoppingToken);

    protected override Task TurnAsync(CancellationToken stoppingToken) => grains.ResultRelay().RelayAsync(stoppingToken);
}
