using Orchestrator.Decisions;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Grains.Completions;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Agents that answer later.</summary>
public sealed partial class WorkflowGrain
{
    public Task<CompletionReply> CompleteAttemptAsync(AttemptName attempt, Completion completion, CancellationToken cancellationToken = default) =>
        HearAsync(attempt, (state, context) => WorkflowDecisions.TakeCompletion(state, attempt.Step, attempt.Generation, attempt.Attempt, completion, context),
            admit: () => gate.AdmitAsync(Id, "output", completion.Output));

    public Task<CompletionReply> HeartbeatAsync(AttemptName attempt, Heartbeat heartbeat, CancellationToken cancellationToken = default) =>
        HearAsync(attempt, (state, context) => WorkflowDecisions.TakeHeartbeat(state, attempt.Step, attempt.Generation, attempt.Attempt, heartbeat, context));

    private async Task<CompletionReply> HearAsync(
        AttemptName attempt, Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, Func<ValueTask<Refusal?>>? admit = null)
    {
        var (_, refusal) = await TryDecideAsync(
            (state, context) => state.CreatedAt == attempt.WorkflowCreatedAt
                ? decide(state, context)
                : Decision<WorkflowEvent, WorkflowEffect>.Refused(RefusalCodes.CompletionGone, $"Workflow '{Id}' is no longer kept."),
            admit: admit);
        RestIfQuiet();
        var deferral = refusal is null && loop is not null && State.Steps.TryGetValue(attempt.Step, out var step) && step.Awaits(attempt.Generation, attempt.Attempt)
            ? step.Deferral
            : null;
        return new CompletionReply(Id, attempt.Step, attempt.Attempt, deferral?.Until, refusal);
    }
}
