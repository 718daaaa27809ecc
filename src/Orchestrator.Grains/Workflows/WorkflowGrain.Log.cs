using Microsoft.Extensions.Logging;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

public sealed partial class WorkflowGrain
{
    [LoggerMessage(EventId = 1101, EventName = "WorkflowMoved", Level = LogLevel.Warning,
        Message = "Workflow {WorkflowId} was written by another activation; this one reads it again")]
    private partial void LogMoved(Exception exception, WorkflowId workflowId);

    [LoggerMessage(EventId = 1102, EventName = "WorkflowStorageUnavailable", Level = LogLevel.Warning,
        Message = "Workflow {WorkflowId} could not be written; the caller was told to try again")]
    private partial void LogStorageUnavailable(Exception exception, WorkflowId workflowId);

    [LoggerMessage(EventId = 1103, EventName = "EffectFailed", Level = LogLevel.Warning,
        Message = "Workflow {WorkflowId} could not reach step {StepId} about attempt {Attempt}; it will try again while the attempt is owed")]
    private partial void LogEffectFailed(Exception exception, WorkflowId workflowId, string stepId, int attempt);

    [LoggerMessage(EventId = 1104, EventName = "AlarmFailed", Level = LogLevel.Warning,
        Message = "Workflow {WorkflowId} woke and could not decide; it wakes again soon")]
    private partial void LogAlarmFailed(Exception exception, WorkflowId workflowId);
}
