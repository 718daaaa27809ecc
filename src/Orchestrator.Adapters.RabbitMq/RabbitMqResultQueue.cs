using Microsoft.Extensions.Options;
using Orchestrator.Execution.Queues;
using RabbitMQ.Client;

namespace Orchestrator.Adapters.RabbitMq;

/// <summary>Publishes results to a topic exchange of RabbitMQ. It connects when there is something to say, and again after any failure.</summary>
internal sealed class RabbitMqResultQueue(BrokerDoor door, IOptions<MessageQueueOptions> options, TimeProvider clock) : IResultQueue, IAsyncDisposable
{
    private IConnection? connection;

    // It goes with its connection.
    private IChannel? channel;

    public async Task PublishAsync(IReadOnlyList<ResultMessage> results, CancellationToken cancellationToken)
    {
        if (options.Value.Type == MessageQueueType.None)
        {
            throw new InvalidOperationException($"Results are told where {MessageQueueOptions.Section}:{nameof(MessageQueueOptions.Type)} names a message queue; on this silo it names none.");
        }

        using var patience = new CancellationTokenSource(options.Value.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var open = channel is { IsOpen: true } ? channel : await OpenAsync(both.Token);
            await Task.WhenAll(results.Select(result => PublishAsync(open, result, both.Token))).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            await DisposeAsync();
            throw new TimeoutException($"The broker at {options.Value.Host}:{options.Value.Port} did not confirm {results.Count} results within {options.Value.Timeout}.");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var last = connection;
        (connection, channel) = (null, null);
        if (last is not null)
        {
            await door.CloseAsync(last);
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        connection = await door.ConnectAsync("orchestrator results", cancellationToken);
        channel = await BrokerDoor.OpenAsync(connection, dispatch: 1, cancellationToken);
        if (options.Value.Declare)
        {
            await channel.ExchangeDeclareAsync(options.Value.ResultExchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        }

        return channel;
    }

    // Not mandatory: an exchange to which nobody has bound a queue has nobody to tell.
    private async Task PublishAsync(IChannel open, ResultMessage result, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties { MessageId = result.Id, Type = result.Topic, ContentType = "application/cloudevents+json", Persistent = true };
        if (result.TraceParent is { } trace)
        {
            properties.Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["traceparent"] = trace };
        }

        await open.BasicPublishAsync(options.Value.ResultExchange, result.Topic, mandatory: false, properties, result.Body, cancellationToken);
    }
}
