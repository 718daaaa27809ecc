using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>How this process finds the others of its cluster, and how long it waits for them.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>What this process is. Silos and front ends need PostgreSQL as their store and a build on Orleans.</summary>
    /// <value>All, Silo or Frontend. The default is All: everything in one process.</value>
    [EnumDataType(typeof(ClusterRole))]
    public ClusterRole Role { get; set; } = ClusterRole.All;

    /// <summary>Processes with the same id see each other. Another id on the same database is another cluster.</summary>
    /// <value>1 to 100 letters, digits, '.', '_' and '-'. The default is <c>orchestrator</c>.</value>
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,100}$", ErrorMessage = "An id has 1 to 100 letters, digits, '.', '_' and '-'.")]
    public string ClusterId { get; set; } = "orchestrator";

    /// <summary>Names what outlives a cluster: its reminders and streams. Two clusters that follow each other, as in a blue-green deployment, share it.</summary>
    /// <value>1 to 100 letters, digits, '.', '_' and '-'. The default is <c>orchestrator</c>.</value>
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,100}$", ErrorMessage = "An id has 1 to 100 letters, digits, '.', '_' and '-'.")]
    public string ServiceId { get; set; } = "orchestrator";

    /// <summary>Where this silo talks with other silos.</summary>
    /// <value>1 to 65535. The default is 11111.</value>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Where this silo takes calls of front ends.</summary>
    /// <value>1 to 65535. The default is 30000.</value>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>The IP address by which others reach this silo, such as a pod's.</summary>
    /// <value>An IP address that is not the unspecified one; null, the default, for the machine's first address that is not loopback.</value>
    public string? AdvertisedAddress { get; set; }

    /// <summary>The name of this process in listings and as the owner of its epoch.</summary>
    /// <value>1 to 100 characters; null, the default, for the machine's name, which in Kubernetes is the pod's.</value>
    [RegularExpression("^[A-Za-z0-9._-]{1,100}$", ErrorMessage = "A name has 1 to 100 letters, digits, '.', '_' and '-'.")]
    public string? Name { get; set; }

    /// <summary>Between two probes of a neighbour, and how long its answer is waited for.</summary>
    /// <value>200 ms to 1 minute. The default is 1 s: with three misses and two votes a dead silo is noticed within 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan ProbeEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probes in a row without an answer before a silo is suspected.</summary>
    /// <value>1 to 100. The default is 3.</value>
    [Range(1, 100)]
    public int ProbesMissedMax { get; set; } = 3;

    /// <summary>Silos that must suspect another one before it counts as dead; in a cluster with fewer others, all of them.</summary>
    /// <value>1 to 10. The default is 2.</value>
    [Range(1, 10)]
    public int VotesNeeded { get; set; } = 2;

    /// <summary>How long a process that starts tries to join before it gives up and ends.</summary>
    /// <value>5 s to 1 hour. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan JoinPatience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one call to a grain may take. A caller whose silo was killed waits as long as this, then asks again.</summary>
    /// <value>11 s, as a watching call is held for up to 10 s, to 5 minutes. The default is 12 s.</value>
    [Range(typeof(TimeSpan), "00:00:11", "00:05:00")]
    public TimeSpan CallPatience { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a front end goes on repeating a call whose silo went away, before it tells its own caller.</summary>
    /// <value>0 to 5 minutes. The default is 20 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RepeatPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a process that was told to stop may take to hand over its work; what is left then is dropped and done again elsewhere.</summary>
    /// <value>1 s to 1 hour. The default is 2 minutes. A platform that kills after a grace of its own needs a longer one.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ShutdownPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>After a process was told to stop: how long it still takes requests while it says that it is not ready, so that whoever spreads requests notices.</summary>
    /// <value>0 to 1 minute, less than <see cref="ShutdownPatience"/>. The default is 0; behind a load balancer, a little more than the period of its probe.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ReadyGrace { get; set; } = TimeSpan.Zero;

    /// <summary>Encrypts what the processes of the cluster say to each other, and lets nobody in without a certificate of the same authority.</summary>
    public ClusterTlsOptions Tls { get; set; } = new();
}
