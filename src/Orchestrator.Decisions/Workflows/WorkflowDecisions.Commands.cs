using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What people and other programs may ask of a workflow.</summary>
public static partial class WorkflowDecisions
{
    public static Decision<WorkflowEvent, WorkflowEffect> Cancel(WorkflowState state, string by, string? reason, DecisionContext context)
    {
        if (state.Status == WorkflowStatus.Cancelled)
        {
            return Nothing;
        }

        if (Unfinished(state) is { } refusal)
        {
            return refusal;
        }

        if (state.Undoing > 0)
        {
            return Refused(RefusalCodes.Compensating, $"Workflow '{state.Id}' is undoing what it did; stopping it there would leave half of it done.");
        }

        var progression = new Progression(state, context);
        progression.Cancel(by, reason);
        return progression.Conclude();
    }

    public static Decision<WorkflowEvent, WorkflowEffect> Pause(WorkflowState state, string by, string? reason, DecisionContext context)
    {
        if (state is { IsFinal: false, Paused: true })
        {
            return Nothing;
        }

        if (Unfinished(state) is { } refusal)
        {
            return refusal;
        }

        var progression = new Progression(state, context);
        progression.Happened(new WorkflowPaused(by, reason));
        return progression.Conclude();
    }

    public static Decision<WorkflowEvent, WorkflowEffect> Resume(WorkflowState state, string by, DecisionContext context)
    {
        if (Unfinished(state) is { } refusal)
        {
            return refusal;
        }

        if (!state.Paused)
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        progression.Happened(new WorkflowResumed(by));
        progression.BeginHeldBack();
        foreach (var due in state.Dues.TakeWhile(due => due.At <= context.Now))
        {
            if (!progression.State.IsFinal && progression.State.Dues.Contains(due))
            {
                progression.Fall(due);
            }
        }

        return progression.Conclude();
    }

    /// <summary>Ends the rest of steps that wait for their next attempt: each begins a new generation at once.</summary>
    /// <param name="steps">Which; empty for all that rest. One that does not rest is left alone: the retry has been made already.</param>
    public static Decision<WorkflowEvent, WorkflowEffect> RetryResting(WorkflowState state, ImmutableArray<StepPath> steps, string by, DecisionContext context)
    {
        if (Unfinished(state) is { } refusal)
        {
            return refusal;
        }

        var named = steps.IsDefaultOrEmpty ? [] : steps;
        foreach (var path in named)
        {
            if (!state.Steps.ContainsKey(path))
            {
                return UnknownStep(state, path);
            }
        }

        var progression = new Progression(state, context);
        foreach (var step in state.Steps.Values.Where(step => step.Status == StepStatus.Retrying).OrderBy(step => step.Path.Value, StringComparer.Ordinal))
        {
            if (named.IsEmpty || named.Contains(step.Path))
            {
                progression.Happened(new StepRetriedByHand(step.Path, step.Generation + 1, by));
                progression.StartAttempt(step.Path, attempt: 1, step.Generation + 1);
            }
        }

        return progression.Conclude();
    }

    /// <summary>Takes a message in. A step that waits for it goes on; otherwise it is kept until one asks.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> Signal(WorkflowState state, SignalReceived signal, DecisionContext context)
    {
        if (state.SignalIds.Contains(signal.SignalId))
        {
            return Nothing;
        }

        if (Unfinished(state) is { } refusal)
        {
            return refusal;
        }

        if (state.Signals.Count >= context.Policy.SignalsMax)
        {
            return Refused(RefusalCodes.SignalsFull, $"Workflow '{state.Id}' holds {state.Signals.Count} signals that no step has asked for, and may hold {context.Policy.SignalsMax}.");
        }

        var progression = new Progression(state, context);
        progression.Happened(signal);
        var waiting = state.Waits.FirstOrDefault(wait => wait.Value.Kind == WaitKind.Signal && wait.Value.On == signal.Name);
        if (waiting.Key is { } path)
        {
            progression.Happened(new StepCompleted(new StepPath(path), Attempt: 1, signal.Content));
            progression.AfterFinal(new StepPath(path));
        }

        return progression.Conclude();
    }

    private static Decision<WorkflowEvent, WorkflowEffect>? Unfinished(WorkflowState state) =>
        !state.Exists ? UnknownWorkflow(state)
        : state.IsFinal ? Refused(RefusalCodes.Finished, $"Workflow '{state.Id}' is {state.Status} and never changes again.")
        : null;

    private static Decision<WorkflowEvent, WorkflowEffect> UnknownWorkflow(WorkflowState state) =>
        Refused(RefusalCodes.Unknown, $"There is no workflow '{state.Id}'.");

    private static Decision<WorkflowEvent, WorkflowEffect> UnknownStep(WorkflowState state, StepPath path) =>
        Refused(RefusalCodes.StepUnknown, $"Workflow '{state.Id}' has no step '{path}'.");
}
