using Microsoft.Extensions.Logging;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Looks for the cluster until it is found. A front end that gives up would only be started again, and look again.</summary>
internal sealed partial class ConnectsForEver(TimeProvider clock, ILogger<ConnectsForEver> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan rest = First;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNotFound(exception, rest);
        await Task.Delay(rest, clock, cancellationToken);
        rest = rest * 2 < Longest ? rest * 2 : Longest;
        return true;
    }

    [LoggerMessage(EventId = 7203, EventName = "ClusterNotFound", Level = LogLevel.Warning, Message = "No silo of the cluster answers; looking again in {Rest}")]
    private partial void LogNotFound(Exception cause, TimeSpan rest);
}
