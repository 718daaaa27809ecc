using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Orchestrator.Adapters.RabbitMq;

/// <summary>Connects to the broker. Who needs a connection for long connects again itself, so that what was under way on a lost one is known to be lost.</summary>
internal sealed class BrokerDoor(IOptions<MessageQueueOptions> options, TimeProvider clock)
{
    /// <summary>A larger message would end the connection before anybody could put it aside, and come again on the next one.</summary>
    private const uint MessageBytesMax = 512 * 1024 * 1024;

    /// <summary>For saying goodbye to a broker that may be gone.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <param name="name">What the broker's operator sees.</param>
    public async Task<IConnection> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        var broker = options.Value;
        var factory = new ConnectionFactory
        {
            HostName = broker.Host,
            Port = broker.Port,
            UserName = broker.User,
            Password = broker.Password ?? ConnectionFactory.DefaultPass,
            VirtualHost = broker.VirtualHost,
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = broker.Timeout,
            SocketReadTimeout = broker.Timeout,
            SocketWriteTimeout = broker.Timeout,
            HandshakeContinuationTimeout = broker.Timeout,
            ContinuationTimeout = broker.Timeout,
            RequestedHeartbeat = Heartbeat,
            MaxInboundMessageBodySize = MessageBytesMax,
            Ssl = new SslOption { Enabled = broker.Tls, ServerName = broker.Host },
        };
        return await factory.CreateConnectionAsync(cancellationToken);
    }

    /// <summary>A channel on which a publication ends when the broker has confirmed it, and fails when it has not.</summary>
    public static Task<IChannel> OpenAsync(IConnection connection, int dispatch, CancellationToken cancellationToken) => connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, consumerDispatchConcurrency: (ushort)dispatch), cancellationToken);

    /// <summary>Ends a connection, dead or alive. It neither fails nor takes long.</summary>
    public async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(ClosePatience);
            await connection.DisposeAsync().AsTask().WaitAsync(ClosePatience, clock);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or OperationCanceledException or RabbitMQ.Client.Exceptions.RabbitMQClientException or ObjectDisposedException)
        {
            // It is not used again either way.
        }
    }
}
