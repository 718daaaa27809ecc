namespace Orchestrator.Testing.RabbitMq;

/// <summary>The RabbitMQ that tests use: the one <see cref="Variable"/> names, else one that is started from what is installed, else none.</summary>
public static class TestRabbitMq
{
    /// <summary>An environment variable: <c>amqp://user:password@host:port/vhost</c> of a broker on which queues may be made and deleted.</summary>
    public const string Variable = "ORC_TEST_RABBITMQ";

    private static readonly Lazy<Task<RabbitMqBroker>> Own = new(RabbitMqBroker.StartAsync);

    /// <summary>The named broker; null when none is named.</summary>
    public static BrokerAddress? Named { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? BrokerAddress.Parse(new Uri(named)) : null;

    /// <summary>Why tests that need RabbitMQ cannot run; null when they can.</summary>
    public static string? WhyNone { get; } = Named is null && RabbitMqBroker.WhyNot() is { } reason
        ? $"RabbitMQ is needed, and {reason}. Install it (Debian: apt-get install rabbitmq-server), or name a broker in {Variable}."
        : null;

    /// <summary>Why tests that crash the broker cannot run; null when they can. They start one of their own.</summary>
    public static string? WhyNoOwn { get; } = Named is not null
        ? $"RabbitMQ is crashed, and {Variable} names one that is not ours to crash. Unset it, and have RabbitMQ installed, to run these."
        : WhyNone;

    /// <summary>The broker that the tests of this process share. It starts when the first of them asks, and ends with the process.</summary>
    public static async Task<BrokerAddress> AddressAsync() => Named ?? (await Own.Value).Address;

    /// <summary>The same, for a test that crashes it and starts it again; others must not run at that time.</summary>
    public static Task<RabbitMqBroker> OwnAsync() => Own.Value;
}
