using Microsoft.Extensions.Logging;

namespace Orchestrator.LocalRuntime;

internal sealed partial class LocalSilo
{
    [LoggerMessage(EventId = 2001, EventName = "ActivationFailed", Level = LogLevel.Warning, Message = "Grain {GrainId} could not be activated")]
    public partial void LogActivationFailed(Exception exception, string grainId);

    [LoggerMessage(EventId = 2002, EventName = "DeactivationFailed", Level = LogLevel.Warning, Message = "OnDeactivateAsync or Dispose of grain {GrainId} failed; the activation ended all the same")]
    public partial void LogDeactivationFailed(Exception exception, string grainId);

    [LoggerMessage(EventId = 2003, EventName = "TimerFailed", Level = LogLevel.Error, Message = "A timer of grain {GrainId} failed; it ticks on")]
    public partial void LogTimerFailed(Exception exception, string grainId);

    [LoggerMessage(EventId = 2004, EventName = "StopAbandoned", Level = LogLevel.Warning, Message = "Silo {Silo} stopped with {Activations} activations that did not end within {StopTimeout}")]
    private partial void LogStopAbandoned(string silo, int activations, TimeSpan stopTimeout);

    [LoggerMessage(EventId = 2005, EventName = "DeliveryFailed", Level = LogLevel.Warning, Message = "An observer of stream {Stream} failed; its event is sent again: {Again}")]
    public partial void LogDeliveryFailed(Exception exception, string stream, bool again);

    [LoggerMessage(EventId = 2006, EventName = "ReminderFailed", Level = LogLevel.Error, Message = "Reminder {Reminder} of grain {GrainId} failed; it ticks on")]
    public partial void LogReminderFailed(Exception exception, string reminder, string grainId);

    [LoggerMessage(EventId = 2007, EventName = "ActivationFault", Level = LogLevel.Error, Message = "A turn of grain {GrainId} failed outside any request; the activation ends")]
    public partial void LogFault(Exception exception, string grainId);
}
