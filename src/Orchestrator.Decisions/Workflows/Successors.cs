using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>How a workflow goes on in another one. A finished workflow never changes, so what a person wants done again is a workflow of its own.</summary>
public static class Successors
{
    /// <summary>The same plan from the beginning.</summary>
    public static (WorkflowAccepted? Request, Refusal? Refusal) Rerun(WorkflowState state, Payload? input) =>
        state.Accepted is { } accepted
            ? (Continue(state, accepted, OriginKind.Rerun, fromStep: null, input, []), null)
            : (null, Unknown(state));

    /// <summary>From the steps that had not completed. Only a workflow that ended without completing is retried so.</summary>
    public static (WorkflowAccepted? Request, Refusal? Refusal) Retry(WorkflowState state)
    {
        if (state.Accepted is not { } accepted)
        {
            return (null, Unknown(state));
        }

        if (state.Status is not (WorkflowStatus.Failed or WorkflowStatus.TimedOut or WorkflowStatus.Cancelled))
        {
            return (null, new Refusal(RefusalCodes.NotFailed, $"Workflow '{state.Id}' is {state.Status}; only one that failed, timed out or was cancelled is retried."));
        }

        return (Continue(state, accepted, OriginKind.Retry, fromStep: null, input: null, Reusable(state, except: [])), null);
    }

    /// <summary>From a step of the workflow's own plan: it and everything that waits for it is done again.</summary>
    public static (WorkflowAccepted? Request, Refusal? Refusal) Fork(WorkflowState state, string fromStep, Payload? input, Payload? stepInput)
    {
        if (state.Accepted is not { } accepted)
        {
            return (null, Unknown(state));
        }

        var graph = state.Scope(StepPath.Root).Graph;
        if (graph.Find(fromStep) is null)
        {
            return (null, new Refusal(RefusalCodes.StepUnknown, $"The plan of workflow '{state.Id}' has no step '{fromStep}' to fork from."));
        }

        var edited = stepInput is { } given
            ? accepted with { Plan = accepted.Plan with { Steps = [.. accepted.Plan.Steps.Select(step => step.Id == fromStep ? step with { Input = given } : step)] } }
            : accepted;
        return (Continue(state, edited, OriginKind.Fork, fromStep, input, Reusable(state, graph.WithDescendants(fromStep))), null);
    }

    private static WorkflowAccepted Continue(
        WorkflowState state, WorkflowAccepted accepted, OriginKind kind, string? fromStep, Payload? input, ImmutableArray<ReusedOutcome> reused) =>
        accepted with
        {
            Input = input ?? accepted.Input,
            Origin = new WorkflowOrigin(state.Id, kind, fromStep, reused),
            Fingerprint = null,
        };

    // A fan-out and a sub-plan are taken over whole when they completed, and by their parts when they did not.
    private static ImmutableArray<ReusedOutcome> Reusable(WorkflowState state, ImmutableHashSet<string> except) =>
    [
        .. state.Steps.Values
            .Where(step => step is { Status: StepStatus.Completed, Undoes: null } && !except.Contains(RootStepOf(step.Path)))
            .OrderBy(step => step.Path.Value, StringComparer.Ordinal)
            .Select(step => new ReusedOutcome(step.Path, step.Output)),
    ];

    private static string RootStepOf(StepPath path)
    {
        var end = path.Value.AsSpan().IndexOfAny('/', '[');
        return end < 0 ? path.Value : path.Value[..end];
    }

    private static Refusal Unknown(WorkflowState state) => new(RefusalCodes.Unknown, $"There is no workflow '{state.Id}'.");
}
