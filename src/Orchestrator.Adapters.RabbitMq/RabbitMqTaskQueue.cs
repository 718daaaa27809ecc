using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Queues;
using Orchestrator.Vocabulary.Queues;
using RabbitMQ.Client;

namespace Orchestrator.Adapters.RabbitMq;

/// <summary>Takes tasks from a queue of RabbitMQ, over one connection after the other.</summary>
internal sealed partial class RabbitMqTaskQueue(
    BrokerDoor door, IOptions<MessageQueueOptions> options, TimeProvider clock, Random random, ILogger<RabbitMqTaskQueue> logger) : ITaskQueue
{
    private const int DoublingsMax = 20;

    public async Task RunAsync(Func<QueuedTask, Task<QueueVerdict>> take, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            try
            {
                var connection = await door.ConnectAsync("orchestrator tasks", cancellationToken);
                try
                {
                    var consumption = await TaskConsumption.BeginAsync(connection, options.Value, take, clock, random, logger, cancellationToken);
                    failures = 0;
                    LogTaking(options.Value.TaskQueue, options.Value.Host, options.Value.Port);
                    await consumption.RunAsync(cancellationToken);
                }
                finally
                {
                    await door.CloseAsync(connection);
                }
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                var pause = PauseAfter(++failures);
                LogAway(failure, options.Value.Host, options.Value.Port, pause);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    private TimeSpan PauseAfter(int failures)
    {
        var longest = options.Value.ReconnectFirst * Math.Pow(2, Math.Min(failures - 1, DoublingsMax));
        return (longest < options.Value.ReconnectMax ? longest : options.Value.ReconnectMax) * (0.5 + (random.NextDouble() / 2));
    }

    [LoggerMessage(EventId = 6101, EventName = "TaskQueueOpened", Level = LogLevel.Information, Message = "Tasks are taken from the queue {Queue} of the broker at {Host}:{Port}")]
    private partial void LogTaking(string queue, string host, int port);

    [LoggerMessage(EventId = 6102, EventName = "TaskQueueAway", Level = LogLevel.Warning, Message = "The broker at {Host}:{Port} brings no tasks; it is connected to again in {Pause}")]
    private partial void LogAway(Exception failure, string host, int port, TimeSpan pause);
}
