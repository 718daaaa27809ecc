using System.Security.Cryptography;
using Orchestrator.Testing.RabbitMq;

namespace Orchestrator.ApiHost.Tests.Queues;

/// <summary>The whole product in one process, with queues of its own on the broker that the tests share.</summary>
public sealed class QueueServer : SiloServer
{
    private readonly BrokerAddress broker;
    private readonly string name = "test." + RandomNumberGenerator.GetHexString(12, lowercase: true);

    private QueueServer(BrokerAddress broker) => this.broker = broker;

    public string TaskQueue => name + ".tasks";

    public string DeadLetterQueue => name + ".dead";

    public string ResultExchange => name + ".results";

    /// <summary>Not started yet: messages may be sent first.</summary>
    public static async Task<QueueServer> OfAsync(BrokerAddress broker)
    {
        var server = new QueueServer(broker);
        var password = Path.Combine(server.Folder, "broker.password");
        await File.WriteAllTextAsync(password, broker.Password);
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "orchestrator.yaml"), FormattableString.Invariant($"""
            messageQueue:
              type: rabbitmq
              host: {broker.Host}
              port: {broker.Port}
              user: {broker.User}
              password: file:{password}
              virtualHost: {broker.VirtualHost}
              taskQueue: {server.TaskQueue}
              deadLetterQueue: {server.DeadLetterQueue}
              resultExchange: {server.ResultExchange}
              prefetch: 8
              requeuePause: "00:00:00.050"
              reconnectFirst: "00:00:00.050"
              reconnectMax: "00:00:00.500"
              results:
                every: "00:00:00.050"
                pauseFirst: "00:00:00.050"
                pauseMax: "00:00:00.500"

            """));
        return server;
    }
}
