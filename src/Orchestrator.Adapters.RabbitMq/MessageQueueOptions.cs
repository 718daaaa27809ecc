using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.RabbitMq;

/// <summary>The message queue that brings tasks and is told results (S2-36). Off by default.</summary>
public sealed class MessageQueueOptions
{
    public const string Section = "MessageQueue";

    /// <value><c>none</c> or <c>rabbitmq</c>. The default is <c>none</c>.</value>
    [EnumDataType(typeof(MessageQueueType))]
    public MessageQueueType Type { get; set; }

    /// <value>A host name or address. The default is <c>localhost</c>.</value>
    [Required, StringLength(255)]
    public string Host { get; set; } = "localhost";

    /// <value>1 to 65,535. The default is 5672; brokers that speak TLS are mostly at 5671.</value>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5672;

    /// <summary>Speaks TLS. The broker's certificate is checked against the system's authorities and <see cref="Host"/>.</summary>
    /// <value>The default is false.</value>
    public bool Tls { get; set; }

    /// <value>The default is <c>guest</c>, whom a broker takes from its own machine only.</value>
    [Required, StringLength(255)]
    public string User { get; set; } = "guest";

    /// <value>A reference, <c>env:NAME</c> or <c>file:PATH</c>. Without one, <c>guest</c>.</value>
    [DataType(DataType.Password)]
    public string? Password { get; set; }

    /// <value>The default is <c>/</c>.</value>
    [Required, StringLength(255)]
    public string VirtualHost { get; set; } = "/";

    /// <summary>Takes tasks from <see cref="TaskQueue"/>.</summary>
    /// <value>The default is true.</value>
    public bool TakesTasks { get; set; } = true;

    /// <summary>Tells <see cref="ResultExchange"/> how workflows ended.</summary>
    /// <value>The default is true.</value>
    public bool TellsResults { get; set; } = true;

    /// <summary>The durable queue that brings tasks.</summary>
    /// <value>1 to 200 characters. The default is <c>orchestrator.tasks</c>.</value>
    [Required, StringLength(200)]
    public string TaskQueue { get; set; } = "orchestrator.tasks";

    /// <summary>The durable queue of messages that cannot be taken on.</summary>
    /// <value>1 to 200 characters. The default is <c>orchestrator.tasks.dead</c>.</value>
    [Required, StringLength(200)]
    public string DeadLetterQueue { get; set; } = "orchestrator.tasks.dead";

    /// <summary>The durable topic exchange that is told results.</summary>
    /// <value>1 to 200 characters. The default is <c>orchestrator.results</c>.</value>
    [Required, StringLength(200)]
    public string ResultExchange { get; set; } = "orchestrator.results";

    /// <summary>Makes the queues and the exchange where they are missing. Without it they have to be there: for those that are made otherwise, such as quorum queues.</summary>
    /// <value>The default is true.</value>
    public bool Declare { get; set; } = true;

    /// <summary>Messages under way at the same time in this process.</summary>
    /// <value>1 to 1,000. The default is 32.</value>
    [Range(1, 1_000)]
    public int Prefetch { get; set; } = 32;

    /// <summary>How long connecting may take, and each of the broker's answers.</summary>
    /// <value>One second to one minute. The default is ten seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a message rests before it goes back to the queue, when it can be taken on later only.</summary>
    /// <value>10 ms to ten minutes. The default is one second. Half of it is left to chance.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RequeuePause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The first pause before the broker is connected to again; doubled with each failure in a row, and half of it left to chance.</summary>
    /// <value>10 ms to one minute. The default is 200 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ReconnectFirst { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest such pause.</summary>
    /// <value>10 ms to ten minutes. The default is 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(30);
}
