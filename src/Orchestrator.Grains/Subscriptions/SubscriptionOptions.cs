using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>How what is to be done about events is done.</summary>
public sealed class SubscriptionOptions
{
    public const string Section = "Subscriptions";

    /// <summary>How often topics that are subscribed to are looked at.</summary>
    /// <value>50 ms to 1 minute. The default is 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Subscriptions that may be stored.</summary>
    /// <value>1 to 10,000. The default is 200.</value>
    [Range(1, 10_000)]
    public int StoredMax { get; set; } = 200;

    /// <summary>Events that one subscription looks at between two notes of how far it is; it starts as many workflows at most at the same time.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int BatchMax { get; set; } = 100;

    /// <summary>Subscriptions that may follow from one another: an event at the end of so many starts nothing more, so that a loop ends.</summary>
    /// <value>1 to 100. The default is 5.</value>
    [Range(1, 100)]
    public int HopsMax { get; set; } = 5;
}
