using System.Text;
using Microsoft.Extensions.Logging;
using Orchestrator.Vocabulary.Queues;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.Adapters.RabbitMq;

/// <summary>Takes tasks over one connection, until that ends; its channel goes with the connection. What was not settled by then comes again on the next.</summary>
internal sealed partial class TaskConsumption
{
    public const string CodeHeader = "x-orchestrator-code";
    public const string ReasonHeader = "x-orchestrator-reason";
    private const string KeyPrefix = "queue:rabbitmq:";

    /// <summary>For messages under way when no more are wanted. Those that take longer come again, to whoever is there.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly IChannel channel;
    private readonly MessageQueueOptions options;
    private readonly Func<QueuedTask, Task<QueueVerdict>> take;
    private readonly TimeProvider clock;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly SemaphoreSlim room;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskConsumption(IChannel channel, MessageQueueOptions options, Func<QueuedTask, Task<QueueVerdict>> take, TimeProvider clock, Random random, ILogger logger)
    {
        this.channel = channel;
        this.options = options;
        this.take = take;
        this.clock = clock;
        this.random = random;
        this.logger = logger;
        room = new SemaphoreSlim(options.Prefetch);
    }

    public static async Task<TaskConsumption> BeginAsync(
        IConnection connection, MessageQueueOptions options, Func<QueuedTask, Task<QueueVerdict>> take, TimeProvider clock, Random random, ILogger logger, CancellationToken cancellationToken)
    {
        var channel = await BrokerDoor.OpenAsync(connection, options.Prefetch, cancellationToken);
        var consumption = new TaskConsumption(channel, options, take, clock, random, logger);
        await consumption.BeginAsync(cancellationToken);
        return consumption;
    }

    /// <summary>Ends when the connection does, by throwing; or when cancelled, once what is under way has come to its end or has taken too long.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (options.Declare)
        {
            await channel.QueueDeclareAsync(options.TaskQueue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken);
            await channel.QueueDeclareAsync(options.DeadLetterQueue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken);
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => TakeAsync(delivery);
        consumer.UnregisteredAsync += (_, _) => EndWith("the broker took the consumer away, as when its queue is deleted");
        channel.ChannelShutdownAsync += (_, shutdown) => EndWith(shutdown.ReplyText);
        await channel.BasicQosAsync(prefetchSize: 0, (ushort)options.Prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(options.TaskQueue, autoAck: false, consumer, cancellationToken);
    }

    private Task EndWith(string why)
    {
        ended.TrySetException(new IOException($"The queue {options.TaskQueue} brings nothing more: {why}."));
        return Task.CompletedTask;
    }

    private async Task EndAsync()
    {
        await ending.CancelAsync();
        using var patience = new CancellationTokenSource(EndPatience, clock);
        try
        {
            for (var left = options.Prefetch; left > 0; left--)
            {
                await room.WaitAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // They come again. Their key, where they have one, keeps them from being accepted twice.
        }
    }

    private async Task TakeAsync(BasicDeliverEventArgs delivery)
    {
        try
        {
            await room.WaitAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody has seen it: the broker gives it to somebody else.
            return;
        }

        try
        {
            await SettleAsync(delivery, await take(Read(delivery)));
        }
        catch (Exception failure)
        {
            // It is not settled, and would wait as long as the connection lasts. Begun again, everything unsettled comes again.
            ended.TrySetException(failure);
        }
        finally
        {
            room.Release();
        }
    }

    private async Task SettleAsync(BasicDeliverEventArgs delivery, QueueVerdict verdict)
    {
        switch (verdict.Kind)
        {
            case QueueVerdictKind.Accepted:
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                break;
            case QueueVerdictKind.Never:
                // First it is kept elsewhere, then it goes: a crash in between puts it aside twice and loses nothing.
                await channel.BasicPublishAsync(exchange: "", options.DeadLetterQueue, mandatory: true, Buried(delivery.BasicProperties, verdict), delivery.Body, CancellationToken.None);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                LogPutAside(options.TaskQueue, options.DeadLetterQueue, verdict.Code, verdict.Reason);
                break;
            case QueueVerdictKind.Later:
                await RestAsync();
                await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true);
                break;
            default:
                throw new InvalidOperationException($"A message is accepted, put back or put aside; found the verdict {verdict.Kind}.");
        }
    }

    private async Task RestAsync()
    {
        try
        {
            await Task.Delay(options.RequeuePause * (0.5 + (random.NextDouble() / 2)), clock, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The end comes first: it goes back at once.
        }
    }

    private static QueuedTask Read(BasicDeliverEventArgs delivery) => new(
        delivery.BasicProperties.MessageId is { Length: > 0 } id ? KeyPrefix + id : null,
        // The client takes its buffer back.
        delivery.Body.ToArray(),
        delivery.BasicProperties.Headers?.TryGetValue("traceparent", out var trace) == true && trace is byte[] bytes ? Encoding.ASCII.GetString(bytes) : null,
        delivery.Redelivered);

    private static BasicProperties Buried(IReadOnlyBasicProperties came, QueueVerdict verdict)
    {
        var properties = new BasicProperties(came) { Persistent = true };

        // Who puts it aside is not who sent it, it waits for a person however long that takes, and it goes nowhere else.
        properties.ClearUserId();
        properties.ClearExpiration();
        properties.Headers = new Dictionary<string, object?>(came.Headers ?? new Dictionary<string, object?>(), StringComparer.Ordinal)
        {
            [CodeHeader] = verdict.Code,
            [ReasonHeader] = verdict.Reason,
        };
        properties.Headers.Remove("CC");
        properties.Headers.Remove("BCC");
        return properties;
    }

    [LoggerMessage(EventId = 6103, EventName = "QueuedTaskPutAside", Level = LogLevel.Warning, Message = "A message of the queue {Queue} was put aside into {DeadLetterQueue}: {Code}: {Reason}")]
    private partial void LogPutAside(string queue, string deadLetterQueue, string? code, string? reason);
}
