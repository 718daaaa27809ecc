using Microsoft.Extensions.Logging;

namespace Orchestrator.Grains.Limits;

public sealed partial class LimitGrain
{
    [LoggerMessage(EventId = 1221, EventName = "LimitMessageFailed", Level = LogLevel.Warning,
        Message = "Limit {Limit} could not reach {Receiver}, try {Attempt} of {AttemptsMax}")]
    private partial void LogMessageFailed(Exception exception, string limit, string receiver, int attempt, int attemptsMax);
}
