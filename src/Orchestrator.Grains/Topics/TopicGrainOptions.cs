using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Topics;

/// <summary>How much a topic takes at once, and how its readers hear of it.</summary>
public sealed class TopicGrainOptions
{
    public const string Section = "Topics";

    /// <summary>Topics there may be; an event for one more is refused.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int TopicsMax { get; set; } = 10_000;

    /// <summary>Events of one publication.</summary>
    /// <value>1 to 10,000. The default is 1,000.</value>
    [Range(1, 10_000)]
    public int PublishEventsMax { get; set; } = 1_000;

    /// <summary>The size of one event.</summary>
    /// <value>1 KiB to 8 MiB, in bytes. The default is 256 KiB; CloudEvents asks everybody for 64 KiB.</value>
    [Range(1_024, 8_388_608)]
    public int EventBytesMax { get; set; } = 262_144;

    /// <summary>Events of one topic that may wait for the store; beyond that, publications are refused for a moment.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int WaitingEventsMax { get; set; } = 10_000;

    /// <summary>Bytes of events of one topic that may wait for the store.</summary>
    /// <value>64 KiB to 1 GiB. The default is 64 MiB.</value>
    [Range(65_536, 1_073_741_824)]
    public int WaitingBytesMax { get; set; } = 67_108_864;

    /// <summary>Between two hints that one topic sends to the other silos; the first of a burst goes at once.</summary>
    /// <value>0 to 1 s. The default is 20 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan HintEvery { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How soon a topic that is watched is looked at again, whatever hints came or were lost.</summary>
    /// <value>50 ms to 10 s. The default is 1 s, which is what readers are promised.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The newest events that a silo keeps of a topic that is watched on it. Older ones are read from the store.</summary>
    /// <value>1 to 100,000. The default is 1,024.</value>
    [Range(1, 100_000)]
    public int RingEventsMax { get; set; } = 1_024;

    /// <summary>Bytes of the newest events that a silo keeps of a topic.</summary>
    /// <value>64 KiB to 1 GiB. The default is 4 MiB.</value>
    [Range(65_536, 1_073_741_824)]
    public int RingBytesMax { get; set; } = 4_194_304;

    /// <summary>Bytes of events in one page; a single larger event still goes, alone.</summary>
    /// <value>64 KiB to 16 MiB. The default is 1 MiB.</value>
    [Range(65_536, 16_777_216)]
    public int PageBytesMax { get; set; } = 1_048_576;

    /// <summary>The longest a watcher is kept waiting by one call.</summary>
    /// <value>1 s to 20 s, well under the response timeout of the runtime. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:20")]
    public TimeSpan WatchMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Watchers of one topic on one silo at the same time; one more is answered at once.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int WatchersMax { get; set; } = 10_000;
}
