namespace Orchestrator.Decisions.Breakers;

/// <summary>What can happen to a breaker.</summary>
public abstract record BreakerEvent
{
    private BreakerEvent()
    {
    }

    /// <summary>A report was taken, so that the same one is known when it comes again.</summary>
    public sealed record Heard(string Reporter, long Number) : BreakerEvent;

    public sealed record FailureCounted(DateTimeOffset At) : BreakerEvent;

    /// <summary>A success came between failures: what counts are consecutive ones (S4-53).</summary>
    public sealed record FailuresForgotten : BreakerEvent;

    public sealed record Opened(DateTimeOffset Until) : BreakerEvent;

    public sealed record HalfOpened : BreakerEvent;

    /// <param name="GivenUpAt">When another probe may take this one's place although its outcome never came.</param>
    public sealed record ProbeLetThrough(string Ticket, DateTimeOffset GivenUpAt) : BreakerEvent;

    public sealed record ProbeReturned(string Ticket) : BreakerEvent;

    public sealed record Closed : BreakerEvent;

    public sealed record Tripped(string By) : BreakerEvent;

    public sealed record Reset(string By) : BreakerEvent;
}
