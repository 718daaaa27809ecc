using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

internal enum SeatAnswer
{
    Closed = 1,
    NeedsProbe = 2,
    Shut = 3,
}

/// <summary>One instance of the agent: what is out there, and what is known of its breaker, its health and its calls.</summary>
internal sealed class Seat(AgentInstance instance)
{
    private readonly string? host = HostOf(instance.Endpoint);

    public AgentInstance Instance { get; set; } = instance;

    public int CallsOut { get; set; }

    public int ProbesOut { get; set; }

    /// <summary>A call holds room here while the breaker is asked.</summary>
    public bool AskingBreaker { get; set; }

    public DateTimeOffset AskAgainAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>For smooth weighted round robin.</summary>
    public long CurrentWeight { get; set; }

    /// <summary>A failure was reported since the last success: the next success is news to the breaker.</summary>
    public bool FailureReported { get; set; }

    public BreakerCopy Breaker { get; set; } = new(BreakerStatus.Closed, null, false, 0);

    public InstanceHealth Health { get; } = new();

    public CallRecord Record { get; } = new();

    /// <summary>Whether a call from this machine stays on it: it is answered in the calling process, over loopback, or by the machine's own name.</summary>
    public bool IsLocalTo(string machine) => host is null || host.Equals(machine, StringComparison.OrdinalIgnoreCase);

    /// <summary>So much of the agent's concurrency is this one's by weight; rounded up, so that the shares of all make at least the whole.</summary>
    public bool HasItsShare(int concurrency, long weights) => CallsOut * weights >= (long)concurrency * Instance.Weight;

    public SeatAnswer MayTake(int probesMax, DateTimeOffset now) => Breaker switch
    {
        _ when Instance.Drain => SeatAnswer.Shut,
        { Status: BreakerStatus.Closed } => SeatAnswer.Closed,
        { ByHand: true } => SeatAnswer.Shut,
        _ => ProbeAt(probesMax) <= now ? SeatAnswer.NeedsProbe : SeatAnswer.Shut,
    };

    /// <summary>When a probe may be asked for; null while one is out, or when a person keeps the breaker open or the instance is drained.</summary>
    public DateTimeOffset? ProbeAt(int probesMax)
    {
        if (Instance.Drain || Breaker.ByHand || AskingBreaker || ProbesOut >= probesMax)
        {
            return null;
        }

        var openUntil = Breaker.OpenUntil ?? DateTimeOffset.MinValue;
        return openUntil > AskAgainAt ? openUntil : AskAgainAt;
    }

    // Null where every caller finds it on its own machine.
    private static string? HostOf(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !uri.IsLoopback ? uri.IdnHost : null;
}
