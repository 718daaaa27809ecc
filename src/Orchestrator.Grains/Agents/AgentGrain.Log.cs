using Microsoft.Extensions.Logging;

namespace Orchestrator.Grains.Agents;

public sealed partial class AgentGrain
{
    [LoggerMessage(EventId = 1201, EventName = "AgentMessageFailed", Level = LogLevel.Warning,
        Message = "Agent {Agent} could not reach {Receiver}, try {Attempt} of {AttemptsMax}")]
    private partial void LogMessageFailed(Exception exception, string agent, string receiver, int attempt, int attemptsMax);

    [LoggerMessage(EventId = 1202, EventName = "AgentHealthTurned", Level = LogLevel.Information, Message = "Agent {Agent} at {Endpoint} counts as {Health} now")]
    private partial void LogHealthTurned(string agent, string endpoint, string health);
}
