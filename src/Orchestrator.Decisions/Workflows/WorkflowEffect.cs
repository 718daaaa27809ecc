using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Everything a workflow can ask of the world. Each is safe to perform again.</summary>
public abstract record WorkflowEffect
{
    private WorkflowEffect()
    {
    }

    /// <summary>Make an attempt at a step, unless that attempt is already under way.</summary>
    /// <param name="Epoch">The process that owes the attempt.</param>
    /// <param name="AskFirst">The end of a process of ours has hidden what became of this attempt: the agent is asked before it is called.</param>
    /// <param name="Limits">The step's named limits, their keys filled in; default where it has none.</param>
    public sealed record StartAttempt(
        StepPath Step,
        int Generation,
        int Attempt,
        string? AgentId,
        string Action,
        Payload Input,
        TimeSpan Timeout,
        int Priority,
        string IdempotencyKey,
        long Epoch,
        bool AskFirst = false,
        ImmutableArray<StepLimit> Limits = default) : WorkflowEffect;

    /// <summary>Nobody waits for the attempt any more.</summary>
    public sealed record CancelAttempt(StepPath Step, int Generation, int Attempt) : WorkflowEffect;
}
