using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.Postgres;

/// <summary>How the store on PostgreSQL is reached, and how hard it is used.</summary>
public sealed class PostgresOptions
{
    public const string Section = "Postgres";

    /// <summary>Where the database is and who we are there. A secret: it is never logged. What it says of pools, timeouts and sessions is replaced by the options below.</summary>
    /// <value>An Npgsql connection string, which the configuration gives as <c>env:NAME</c> or <c>file:PATH</c>. There is no default, and none is needed where another store is chosen.</value>
    [DataType(DataType.Password)]
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema that holds our tables. It is made when it does not exist.</summary>
    /// <value>Lower-case letters, digits and underscores, beginning with a letter. The default is <c>orchestrator</c>.</value>
    [Required, RegularExpression("^[a-z][a-z0-9_]{0,62}$")]
    public string Schema { get; set; } = "orchestrator";

    /// <summary>Connections that write the journal. Each has one batch of its own under way; a workflow's appends always take the same one.</summary>
    /// <value>1 to 16. The default is 2.</value>
    [Range(1, 16)]
    public int Writers { get; set; } = 2;

    /// <summary>Connections for everything else. A further query waits for one to come back.</summary>
    /// <value>1 to 200. The default is 8.</value>
    [Range(1, 200)]
    public int ReadConnections { get; set; } = 8;

    /// <summary>Appends that one statement may hold.</summary>
    /// <value>1 to 10,000. The default is 1,024.</value>
    [Range(1, 10_000)]
    public int BatchWritesMax { get; set; } = 1_024;

    /// <summary>Bytes that one statement may hold; a single larger append still goes, alone.</summary>
    /// <value>64 KiB to 256 MiB. The default is 8 MiB.</value>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int BatchBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Appends that may wait for a writer. A further one is refused, as when the store is away: who is refused early can go elsewhere or try later.</summary>
    /// <value>1 to 1,000,000. The default is 16,384.</value>
    [Range(1, 1_000_000)]
    public int QueueWritesMax { get; set; } = 16_384;

    /// <summary>Bytes that may wait for a writer. Beyond them appends are refused.</summary>
    /// <value>1 MiB to 1 GiB. The default is 64 MiB.</value>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int QueueBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a statement may take before it is given up. What became of it is then unknown.</summary>
    /// <value>One second to five minutes. The default is ten seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connecting, or waiting for a connection, may take.</summary>
    /// <value>One second to one minute. The default is five seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause before a writer connects again; doubled with each failure in a row. What is appended meanwhile waits for its end.</summary>
    /// <value>10 ms to ten seconds. The default is 100 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan ReconnectFirst { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause.</summary>
    /// <value>10 ms to one minute. The default is two seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long this process counts as alive after it last said so. What it owed is then taken over by others.</summary>
    /// <value>One second to ten minutes, and at least twice <see cref="LeaseEvery"/>. The default is ten seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often this process says that it is alive, and learns who else is.</summary>
    /// <value>100 ms to one minute. The default is three seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LeaseEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How far this machine's clock may be from the server's before the log warns of it. It is compared with each renewal of the lease.</summary>
    /// <value>100 ms to one hour. The default is five seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ClockSkewMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws when a value is out of its range, so that a bad one stops the start and not the first append. No message holds the connection string.</summary>
    public void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (ConnectionString.Length == 0)
        {
            throw new ValidationException($"{Section}:{nameof(ConnectionString)}: expected a connection string, found none.");
        }

        if (LeaseEvery * 2 > LeaseFor)
        {
            throw new ValidationException($"{Section}:LeaseFor ({LeaseFor}) must be at least twice {Section}:LeaseEvery ({LeaseEvery}): one renewal may be late.");
        }

        if (ReconnectFirst > ReconnectMax)
        {
            throw new ValidationException($"{Section}:ReconnectFirst ({ReconnectFirst}) must not be longer than {Section}:ReconnectMax ({ReconnectMax}).");
        }
    }
}
