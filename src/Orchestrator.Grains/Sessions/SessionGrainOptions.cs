using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>How much sessions hold, and for how long.</summary>
public sealed class SessionGrainOptions
{
    public const string Section = "Sessions";

    /// <summary>Messages of one session that may wait for their turn.</summary>
    /// <value>0 to 1,000. The default is 16.</value>
    [Range(0, 1_000)]
    public int WaitingMax { get; set; } = SessionPolicy.Default.WaitingMax;

    /// <summary>Turns remembered word by word; older ones go into the summary.</summary>
    /// <value>1 to 1,000. The default is 50.</value>
    [Range(1, 1_000)]
    public int TurnsMax { get; set; } = SessionPolicy.Default.TurnsMax;

    /// <summary>Of the remembered turns, the newest that an agent is told with each message.</summary>
    /// <value>0 to 100. The default is 10.</value>
    [Range(0, 100)]
    public int TurnsTold { get; set; } = SessionPolicy.Default.TurnsTold;

    /// <summary>Bytes of a message.</summary>
    /// <value>1 KiB to 1 MiB. The default is 64 KiB.</value>
    [Range(1_024, 1_048_576)]
    public int MessageBytesMax { get; set; } = SessionPolicy.Default.MessageBytesMax;

    /// <summary>Bytes of a message, and of its answer, that are remembered; larger ones are left to the workflow.</summary>
    /// <value>0 to 1 MiB. The default is 16 KiB.</value>
    [Range(0, 1_048_576)]
    public int KeptBytesMax { get; set; } = SessionPolicy.Default.KeptBytesMax;

    /// <summary>Bytes that one agent may have handed in again with the next message.</summary>
    /// <value>0 to 1 MiB. The default is 128 KiB.</value>
    [Range(0, 1_048_576)]
    public int StateBytesMax { get; set; } = SessionPolicy.Default.StateBytesMax;

    /// <summary>Facts remembered, of at most 1 KiB each.</summary>
    /// <value>0 to 1,000. The default is 100.</value>
    [Range(0, 1_000)]
    public int FactsMax { get; set; } = SessionPolicy.Default.FactsMax;

    /// <summary>The newest messages whose repetition is known. Each takes some 150 bytes of the session's record, which is written twice for each message.</summary>
    /// <value>1 to 10,000. The default is 200.</value>
    [Range(1, 10_000)]
    public int SeenMax { get; set; } = SessionPolicy.Default.SeenMax;

    /// <summary>After so long without a change a session is forgotten.</summary>
    /// <value>An hour to ten years. The default is 30 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan IdleMax { get; set; } = SessionPolicy.Default.IdleMax;

    /// <summary>So long after it was closed a session is forgotten.</summary>
    /// <value>A minute to ten years. The default is 7 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan ClosedMax { get; set; } = SessionPolicy.Default.ClosedMax;

    /// <summary>For an agent to answer a message.</summary>
    /// <value>1 s to 1 hour. The default is 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MessageTimeout { get; set; } = SessionPolicy.Default.MessageTimeout;

    public SessionPolicy ToPolicy() =>
        new(WaitingMax, TurnsMax, TurnsTold, MessageBytesMax, KeptBytesMax, StateBytesMax, FactsMax, SeenMax, IdleMax, ClosedMax, MessageTimeout);
}
