using System.Collections.Immutable;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>One decision in the making: the state as it would be, what has happened on the way, and what is to be done.</summary>
/// <remarks>
/// Every event is evolved at once, so what follows is decided on the state the event leaves. Steps that may begin stand in a queue rather than on the
/// stack: a plan of ten thousand steps unfolds in a loop.
/// </remarks>
internal sealed partial class Progression(WorkflowState state, DecisionContext context)
{
    private readonly ImmutableArray<WorkflowEvent>.Builder events = ImmutableArray.CreateBuilder<WorkflowEvent>();
    private readonly ImmutableArray<WorkflowEffect>.Builder effects = ImmutableArray.CreateBuilder<WorkflowEffect>();
    private readonly Queue<StepPath> ready = new();

    public WorkflowState State { get; private set; } = state;

    public DateTimeOffset Now => context.Now;

    public void Happened(WorkflowEvent happened)
    {
        events.Add(happened);
        State = WorkflowEvolution.Evolve(State, new JournalEntry(State.Version + 1, context.Now, happened), context.Policy);
    }

    /// <summary>Asks for something to be done.</summary>
    public void Ask(WorkflowEffect effect) => effects.Add(effect);

    /// <summary>Begins whatever can begin, until nothing more follows.</summary>
    public Decision<WorkflowEvent, WorkflowEffect> Conclude()
    {
        while (ready.TryDequeue(out var path) && !State.IsFinal)
        {
            Begin(path);
            EndAtHistoryLimit();
        }

        EndAtHistoryLimit();
        return events.Count == 0 && effects.Count == 0
            ? Decision<WorkflowEvent, WorkflowEffect>.Nothing
            : new(events.ToImmutable(), effects.ToImmutable());
    }

    private void EndAtHistoryLimit()
    {
        if (!State.IsFinal && State.Version >= context.Policy.EventsMax)
        {
            CancelWithin(_ => true, "The workflow's history has reached its limit.");
            Happened(new WorkflowFailed(new StepFailure(
                FailureCodes.HistoryLimit, $"The workflow has {State.Version} events and may have {context.Policy.EventsMax}.", Retryable: false)));
        }
    }

    /// <summary>Takes back every step that has begun and lies where <paramref name="within"/> says.</summary>
    private void CancelWithin(Func<StepPath, bool> within, string reason)
    {
        // In path order: the order in which a dictionary gives its entries differs from process to process, and a decision must not.
        var begun = State.Steps.Values
            .Where(step => step is { IsFinal: false, Status: not StepStatus.Pending } && within(step.Path))
            .OrderBy(step => step.Path.Value, StringComparer.Ordinal)
            .ToList();
        foreach (var step in begun)
        {
            if (step.CallOut)
            {
                effects.Add(new WorkflowEffect.CancelAttempt(step.Path, step.Generation, step.Attempt));
            }

            Happened(new StepCancelled(step.Path, reason));
        }
    }
}
