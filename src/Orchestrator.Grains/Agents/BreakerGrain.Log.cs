using Microsoft.Extensions.Logging;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

public sealed partial class BreakerGrain
{
    [LoggerMessage(EventId = 1211, EventName = "BreakerTransition", Level = LogLevel.Information,
        Message = "Breaker {Breaker} went from {From} to {To} after {Failures} consecutive failures; open until {OpenUntil}")]
    private partial void LogTransition(string breaker, BreakerStatus from, BreakerStatus to, int failures, DateTimeOffset? openUntil);

    [LoggerMessage(EventId = 1212, EventName = "BreakerNotWritten", Level = LogLevel.Warning,
        Message = "Breaker {Breaker} stands at {Status}, which could not be written; a crash would forget it")]
    private partial void LogNotWritten(Exception exception, string breaker, BreakerStatus status);
}
