using System.ComponentModel.DataAnnotations;
using Orchestrator.Hosting.Telemetry;

namespace Orchestrator.ApiHost;

/// <summary>The HTTP door.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>Where to listen: addresses parted by semicolons. Beyond loopback only where <c>Operators</c> have keys, or with <see cref="AllowAnonymous"/>.</summary>
    /// <value>The default is <c>http://127.0.0.1:8080</c>.</value>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8080";

    /// <summary>What this orchestrator is called, for those who have several; <c>/api/v1/stats</c> tells it.</summary>
    /// <value>1 to 128 characters. The default is <c>orchestration_agent</c> (S2-32).</value>
    [Required, StringLength(128)]
    public string Name { get; set; } = "orchestration_agent";

    /// <summary>The largest request body.</summary>
    /// <value>64 KiB to 256 MiB, in bytes. The default is 8 MiB, room for a plan of 10,000 steps.</value>
    [Range(65_536, 268_435_456)]
    public int BodyBytesMax { get; set; } = 8_388_608;

    /// <summary>Open connections; one more waits in the operating system's queue or is refused.</summary>
    /// <value>16 to 1,000,000. The default is 20,000.</value>
    [Range(16, 1_000_000)]
    public int ConnectionsMax { get; set; } = 20_000;

    /// <summary>Event streams open at the same time; one more is answered 503.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int StreamsMax { get; set; } = 10_000;

    /// <summary>Topics that one event stream of <c>/api/v1/events</c>, or one socket, follows.</summary>
    /// <value>1 to 64. The default is 16.</value>
    [Range(1, 64)]
    public int StreamTopicsMax { get; set; } = 16;

    /// <summary>The newest events of a topic that this process holds ready for all its streams and sockets; whoever is further behind is read to from the store.</summary>
    /// <value>16 to 10,000; all together at most 4 MiB a topic. The default is 256.</value>
    [Range(16, 10_000)]
    public int StreamEventsMax { get; set; } = 256;

    /// <summary>The largest message that a socket takes; a larger one closes it.</summary>
    /// <value>1 KiB to 8 MiB, in bytes. The default is 256 KiB.</value>
    [Range(1_024, 8_388_608)]
    public int SocketMessageBytesMax { get; set; } = 262_144;

    /// <summary>Requests and subscriptions that one socket may have open at the same time; one more is refused.</summary>
    /// <value>1 to 256. The default is 16.</value>
    [Range(1, 256)]
    public int SocketRequestsMax { get; set; } = 16;

    /// <summary>How long a reader of an event stream or a socket may take nothing while there is something for it, before its connection is reset.</summary>
    /// <value>1 s to 10 min. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StreamStallMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests held open by <c>Prefer: wait</c> or <c>?wait=</c> at the same time; one more is answered at once, as if it had not asked to wait.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int WaitersMax { get; set; } = 10_000;

    /// <summary>Workflows and tasks that one caller may start a second, in each process that serves the API; one more is answered 429.</summary>
    /// <value>1 to 1,000,000. None by default, which counts nothing.</value>
    [Range(1, 1_000_000)]
    public int? StartsPerSecond { get; set; }

    /// <summary>Starts that may come at once where <see cref="StartsPerSecond"/> is set.</summary>
    /// <value>1 to 1,000,000. The default is the rate of one second.</value>
    [Range(1, 1_000_000)]
    public int? StartsBurst { get; set; }

    /// <summary>Callers whose starts are counted apart; when there is one more, the one that has been silent longest is forgotten.</summary>
    /// <value>100 to 1,000,000. The default is 10,000.</value>
    [Range(100, 1_000_000)]
    public int StartsKeysMax { get; set; } = 10_000;

    /// <summary>A header that names the caller of a start, where there are no credentials. Only behind a gateway that sets it: whoever may choose it has as many allowances as names.</summary>
    /// <value>None, which counts by the caller's address.</value>
    [StringLength(128)]
    public string? StartsKeyHeader { get; set; }

    /// <summary>Finished workflows of a plan that <c>/api/v1/plans/{name}/analytics</c> reads at most.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int AnalyticsRunsMax { get; set; } = 100;

    /// <summary>Events of the topic <c>agents</c> that one page of <c>/api/v1/insights</c> looks at, at most.</summary>
    /// <value>100 to 100,000. The default is 10,000.</value>
    [Range(100, 100_000)]
    public int InsightEventsMax { get; set; } = 10_000;

    /// <summary>Serves <c>/metrics</c>.</summary>
    /// <value>The default is true.</value>
    public bool Metrics { get; set; } = true;

    /// <summary>One more port, on the hosts of <see cref="Urls"/>, that serves <c>/metrics</c> and nothing else.</summary>
    /// <value>1 to 65,535. None by default: <c>/metrics</c> is served with everything else.</value>
    [Range(1, 65_535)]
    public int? MetricsPort { get; set; }

    /// <summary>Series on <c>/metrics</c>; what comes later is counted under the label value <c>other</c>.</summary>
    /// <value>100 to 100,000. The default is 2,000.</value>
    [Range(100, 100_000)]
    public int MetricSeriesMax { get; set; } = MetricBook.SeriesMaxDefault;

    /// <summary>The secret that signs cursors, in Base64, at least 32 bytes. Front ends that serve one list share it.</summary>
    /// <value>A reference, <c>env:NAME</c> or <c>file:PATH</c>. Without one, the secret in <see cref="CursorKeyFile"/> is used.</value>
    [DataType(DataType.Password)]
    public string? CursorKey { get; set; }

    /// <summary>A file that keeps the secret that signs cursors; it is made when it is missing.</summary>
    /// <value>Without one, <c>cursor.key</c> in the data folder; where there is no such folder, the secret lasts as long as the process, and so do cursors.</value>
    public string? CursorKeyFile { get; set; }

    /// <summary>Asks every caller for a key of <c>Operators</c>, and holds its role to what is asked for. Behind a proxy on the same machine, set it: there everybody comes from loopback.</summary>
    /// <value>By default true where the server listens beyond loopback without <see cref="AllowAnonymous"/>, and false on loopback.</value>
    public bool? RequireKeys { get; set; }

    /// <summary>Serves anybody who can reach the server, also beyond loopback. A key that is shown all the same still says whose it is.</summary>
    /// <value>The default is false. True warns at every start.</value>
    public bool AllowAnonymous { get; set; }

    /// <summary>Host names served beside <c>localhost</c> and the loopback addresses, such as <c>orc.example.com</c>; <c>*</c> for all. Ports do not matter.</summary>
    /// <value>None, which on loopback means loopback names only, and all names where keys are required or <see cref="AllowAnonymous"/> opened the server.</value>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Origins of pages that may call the API from a browser although they come from elsewhere, such as <c>https://console.example.com</c>.</summary>
    /// <value>None.</value>
    public string[] AllowedOrigins { get; set; } = [];
}
