using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

public sealed partial class WorkflowGrain
{
    private const int AgentsNamedMax = 8;

    // The names of the event and of its values are those of S2-31, by which readers of such logs look for them.
    private void LogEnded(WorkflowState state)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            var agents = string.Join(", ", state.Accepted!.Plan.Steps.Select(step => step.AgentId).OfType<string>().Distinct(StringComparer.Ordinal).Take(AgentsNamedMax));
            var seconds = (state.FinishedAt!.Value - state.CreatedAt).TotalSeconds;
            if (state.Status == WorkflowStatus.Completed)
            {
                LogCompleted(state.Id, agents, seconds, WorkflowMetrics.Word(state.Status));
            }
            else
            {
                LogFailed(state.Id, agents, seconds, WorkflowMetrics.Word(state.Status));
            }
        }
    }

    [LoggerMessage(EventId = 1105, EventName = "task_completed", Level = LogLevel.Information,
        Message = "Workflow {task_id} of {agent} is {status} after {execution_time} s")]
    private partial void LogCompleted(WorkflowId task_id, string agent, double execution_time, string status);

    [LoggerMessage(EventId = 1106, EventName = "task_failed", Level = LogLevel.Information,
        Message = "Workflow {task_id} of {agent} is {status} after {execution_time} s")]
    private partial void LogFailed(WorkflowId task_id, string agent, double execution_time, string status);

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
