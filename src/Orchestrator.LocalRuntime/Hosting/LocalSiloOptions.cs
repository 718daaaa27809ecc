using System.ComponentModel.DataAnnotations;

namespace Orchestrator.LocalRuntime;

/// <summary>Limits and times of a silo. Checked at start.</summary>
public sealed class LocalSiloOptions
{
    public const string Section = "LocalSilo";

    /// <summary>The name by which logs and the management grain call this process.</summary>
    /// <value>The default is <c>local</c>.</value>
    [Required]
    public string Name { get; set; } = "local";

    /// <summary>How long a caller waits for an answer before it gets a <see cref="TimeoutException"/>. Never earlier, and at most a thirtieth (no more than a second) later. The request itself goes on.</summary>
    /// <value>1 ms to 1 day. The default is 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain may go unused before its activation ends.</summary>
    /// <value>1 second to 1000 days. The default is 15 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1000.00:00:00")]
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for; an activation may outlive its age by so much.</summary>
    /// <value>100 ms to 1 day. The default is 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that may wait for one activation. One more gets a <see cref="LimitExceededException"/>.</summary>
    /// <value>1 to 100,000,000. The default is 100,000.</value>
    [Range(1, 100_000_000)]
    public int QueuedRequestsPerActivationMax { get; set; } = 100_000;

    /// <summary>Activations in this process. A call that would need one more gets a <see cref="LimitExceededException"/>.</summary>
    /// <value>1 to 100,000,000. The default is 2,000,000, with small grains about 2 GB.</value>
    [Range(1, 100_000_000)]
    public int ActivationsMax { get; set; } = 2_000_000;

    /// <summary>How long stopping waits for requests under way and for <c>OnDeactivateAsync</c>; then the rest is abandoned.</summary>
    /// <value>0 to 1 hour. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Events that may wait for one subscriber of a stream. Sending one more throws a <see cref="LimitExceededException"/>.</summary>
    /// <value>1 to 100,000,000. The default is 16,384.</value>
    [Range(1, 100_000_000)]
    public int StreamBacklogMax { get; set; } = 16_384;

    /// <summary>How long an event of a stream is sent again to an observer that fails, with growing pauses. Those behind it wait; then it is skipped.</summary>
    /// <value>0 to 1 hour; 0 sends it once. The default is 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StreamDeliveryTimeMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest period of a reminder.</summary>
    /// <value>1 second to 1 day. The default is 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the reminder table is read again.</summary>
    /// <value>1 second to 1 day. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReminderRefreshPeriod { get; set; } = TimeSpan.FromMinutes(5);
}
