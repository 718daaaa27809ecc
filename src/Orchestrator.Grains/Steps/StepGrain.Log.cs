using Microsoft.Extensions.Logging;

namespace Orchestrator.Grains.Steps;

public sealed partial class StepGrain
{
    [LoggerMessage(EventId = 1304, EventName = "AttemptUnwanted", Level = LogLevel.Information,
        Message = "Attempt {Attempt} of step {Step} is dropped: its workflow no longer waits for it, and the word of that had been lost")]
    private partial void LogUnwanted(string step, int attempt);

    [LoggerMessage(EventId = 1301, EventName = "StepMessageFailed", Level = LogLevel.Warning, Message = "Step {Step} could not send its {What} message")]
    private partial void LogMessageFailed(Exception exception, string step, string what);

    [LoggerMessage(EventId = 1302, EventName = "AgentCallThrew", Level = LogLevel.Warning, Message = "Attempt {Attempt} of step {Step} threw in agent {Agent}")]
    private partial void LogCallThrew(Exception exception, string step, int attempt, string agent);

    [LoggerMessage(EventId = 1303, EventName = "StepFault", Level = LogLevel.Error, Message = "Attempt {Attempt} of step {Step} stopped in a fault of ours; its workflow starts it again")]
    private partial void LogFault(Exception exception, string step, int attempt);
}
