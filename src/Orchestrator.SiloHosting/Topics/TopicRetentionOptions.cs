using System.ComponentModel.DataAnnotations;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.SiloHosting.Topics;

/// <summary>How long events of topics are kept. An event's id is known for as long as the event is.</summary>
public sealed class TopicRetentionOptions
{
    public const string Section = "Topics:Retention";

    /// <summary>How long an event is kept.</summary>
    /// <value>One minute to ten years. The default is seven days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Age { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Events that one topic keeps.</summary>
    /// <value>1 to 1,000,000,000. The default is 1,000,000.</value>
    [Range(1, 1_000_000_000)]
    public long CountMax { get; set; } = 1_000_000;

    /// <summary>From the end of one sweep to the beginning of the next.</summary>
    /// <value>One second to one day. The default is one minute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Events that one transaction may delete.</summary>
    /// <value>1 to 100,000. The default is 1,000.</value>
    [Range(1, 100_000)]
    public int BatchMax { get; set; } = 1_000;

    /// <summary>Topics that keep more or less than the others, by name.</summary>
    public Dictionary<string, TopicKeepingOptions> Each { get; set; } = [];

    internal TopicKeeping Of(TopicName topic) =>
        Each.TryGetValue(topic.Value, out var own) ? new TopicKeeping(own.Age ?? Age, own.CountMax ?? CountMax) : new TopicKeeping(Age, CountMax);
}

/// <summary>What one topic keeps.</summary>
public sealed class TopicKeepingOptions
{
    /// <summary>How long an event is kept.</summary>
    /// <value>One minute to ten years; null, the default, as for all topics.</value>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan? Age { get; set; }

    /// <summary>Events that the topic keeps.</summary>
    /// <value>1 to 1,000,000,000; null, the default, as for all topics.</value>
    [Range(1, 1_000_000_000)]
    public long? CountMax { get; set; }
}
