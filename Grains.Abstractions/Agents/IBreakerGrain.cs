using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>One circuit breaker. The key is <c>agent/instance</c>, or any other thing to protect.</summary>
/// <remarks>It decides transitions; the agent grain keeps a copy, so that a success costs no call here.</remarks>
[Alias("breaker")]
public interface IBreakerGrain : IGrainWithStringKey
{
    /// <summary>Where it stands. Answered also while another message is being worked on, which may be the one that makes the reader ask.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<BreakerView> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells how one call went, and learns where the breaker stands now. A report already seen changes nothing.</summary>
    [Alias("report")]
    Task<BreakerView> ReportAsync(BreakerReport report, CancellationToken cancellationToken = default);

    /// <summary>Asks to let one call through an open breaker whose time is over, or a half-open one.</summary>
    [Alias("try-probe")]
    Task<BreakerPermission> TryProbeAsync(string ticket, BreakerPolicy policy, CancellationToken cancellationToken = default);

    /// <summary>Closes the breaker by hand.</summary>
    [Alias("reset")]
    Task<BreakerView> ResetAsync(string by, CancellationToken cancellationToken = default);

    /// <summary>Opens the breaker by hand, until it is reset.</summary>
    [Alias("trip")]
    Task<BreakerView> TripAsync(string by, CancellationToken cancellationToken = default);
}

/// <param name="OpenUntil">When the next probe may go through; null when closed, or open by hand.</param>
[GenerateSerializer, Immutable, Alias("breaker-view")]
public sealed record BreakerView(
    [property: Id(0)] BreakerStatus Status,
    [property: Id(1)] int ConsecutiveFailures,
    [property: Id(2)] DateTimeOffset? LastFailureAt,
    [property: Id(3)] DateTimeOffset? OpenUntil,
    [property: Id(4)] bool ByHand);

/// <param name="Number">Grows with each report of one reporter, so that a repeated one is known.</param>
/// <param name="Outcome">How the call went. An abandoned one only gives back its place among the probes.</param>
[GenerateSerializer, Immutable, Alias("breaker-report")]
public sealed record BreakerReport(
    [property: Id(0)] string Reporter,
    [property: Id(1)] long Number,
    [property: Id(2)] string Ticket,
    [property: Id(3)] CallOutcome Outcome,
    [property: Id(4)] BreakerPolicy Policy);

[GenerateSerializer, Immutable, Alias("breaker-permission")]
public sealed record BreakerPermission([property: Id(0)] bool Granted, [property: Id(1)] BreakerView Breaker);
