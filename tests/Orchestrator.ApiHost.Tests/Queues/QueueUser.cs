using System.Text;
using System.Threading.Channels;
using Orchestrator.Testing.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Orchestrator.ApiHost.Tests.Queues;

/// <summary>Whoever sends tasks to the queue and listens to results: a client of the broker, none of ours.</summary>
internal sealed class QueueUser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IConnection connection;
    private readonly IChannel channel;

    private QueueUser(IConnection connection, IChannel channel)
    {
        this.connection = connection;
        this.channel = channel;
    }

    public static async Task<QueueUser> ConnectAsync(BrokerAddress broker)
    {
        var connection = await new ConnectionFactory
        {
            HostName = broker.Host,
            Port = broker.Port,
            UserName = broker.User,
            Password = broker.Password,
            VirtualHost = broker.VirtualHost,
            AutomaticRecoveryEnabled = false,
        }.CreateConnectionAsync();
        return new QueueUser(connection, await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
    }

    /// <summary>Sends a task; the broker has it when this ends.</summary>
    public async Task SendAsync(string queue, string body, string? id, Action<BasicProperties>? more = null)
    {
        var properties = new BasicProperties { MessageId = id, Persistent = true };
        more?.Invoke(properties);
        await channel.BasicPublishAsync(exchange: "", queue, mandatory: true, properties, Encoding.UTF8.GetBytes(body));
    }

    public Task DeclareAsync(string queue) => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);

    /// <summary>Makes a durable queue of everything that the exchange is told.</summary>
    public async Task<string> BindAsync(string exchange)
    {
        var queue = exchange + ".heard";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
        await DeclareAsync(queue);
        await channel.QueueBindAsync(queue, exchange, "#");
        return queue;
    }

    /// <summary>Messages that the queue holds and nobody has under way.</summary>
    public Task<uint> CountAsync(string queue) => channel.MessageCountAsync(queue);

    /// <summary>What the queue brings, one after the other. Whoever waits too long for the next hears so.</summary>
    public async IAsyncEnumerable<BasicDeliverEventArgs> ReadAsync(string queue)
    {
        var came = Channel.CreateUnbounded<BasicDeliverEventArgs>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            // The client takes its buffer back.
            await came.Writer.WriteAsync(new BasicDeliverEventArgs(
                delivery.ConsumerTag, delivery.DeliveryTag, delivery.Redelivered, delivery.Exchange, delivery.RoutingKey, delivery.BasicProperties, delivery.Body.ToArray()));
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        while (true)
        {
            yield return await came.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
