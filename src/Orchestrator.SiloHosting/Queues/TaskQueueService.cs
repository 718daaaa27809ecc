using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.RabbitMq;
using Orchestrator.Execution.Queues;

namespace Orchestrator.SiloHosting.Queues;

/// <summary>Takes tasks from the message queue for as long as the host runs.</summary>
internal sealed class TaskQueueService(ITaskQueue queue, ITaskDoor door, IOptions<MessageQueueOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Type == MessageQueueType.None || !options.Value.TakesTasks)
        {
            return;
        }

        try
        {
            await queue.RunAsync(door.TakeAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what was not settled comes again, here or elsewhere.
        }
    }
}
