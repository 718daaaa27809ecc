using System.Text.Json;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>The beginning and the end of each call, as news.</summary>
internal static class StepNews
{
    /// <summary>What the entry tells of a call; null where it tells nothing.</summary>
    public static CloudEvent? In(WorkflowState state, JournalEntry entry)
    {
        var (path, type) = entry.Event switch
        {
            StepStarted started => (started.Step, WorkflowNews.StepStartedType),
            StepCompleted completed => (completed.Step, WorkflowNews.StepCompletedType),
            StepFailed failed => (failed.Step, WorkflowNews.StepFailedType),
            StepTimedOut timedOut => (timedOut.Step, WorkflowNews.StepFailedType),
            _ => (StepPath.Root, ""),
        };
        if (path.IsRoot || state.Steps.GetValueOrDefault(path) is not { FanOut: null, Definition.Kind: StepKind.Call } step)
        {
            return null;
        }

        return WorkflowNews.Event(type, state, entry, WorkflowNews.Json(json =>
        {
            json.WriteString("stepId", path.Value);
            json.WriteString("agentId", step.Definition.AgentId ?? step.Definition.Action);
            json.WriteString("jobId", state.Id.Value);
            WriteOutcome(json, entry.Event);
        }));
    }

    private static void WriteOutcome(Utf8JsonWriter json, WorkflowEvent happened)
    {
        switch (happened)
        {
            case StepStarted started:
                json.WriteNumber("attempt", started.Attempt);
                break;
            case StepCompleted completed:
                WorkflowNews.WriteResult(json, "response", completed.Output);
                break;
            case StepFailed { Failure: var failure }:
                WorkflowNews.WriteError(json, failure.Code, failure.Message);
                break;
            case StepTimedOut { Failure: var failure }:
                WorkflowNews.WriteError(json, failure.Code, failure.Message);
                break;
        }
    }
}
