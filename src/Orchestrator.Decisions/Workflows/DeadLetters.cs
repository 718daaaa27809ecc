using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Which of the newest events leave work undone for good.</summary>
public static class DeadLetters
{
    /// <summary>One for each call that failed or timed out for good. A fan-out has one for each of its items that did, none for itself.</summary>
    public static ImmutableArray<DeadLetter> In(WorkflowState state, ImmutableArray<JournalEntry> entries)
    {
        ImmutableArray<DeadLetter>.Builder? found = null;
        foreach (var entry in entries)
        {
            var (path, failure, quarantined) = entry.Event switch
            {
                StepFailed failed => (failed.Step, failed.Failure, failed.Quarantined),
                StepTimedOut timedOut => (timedOut.Step, timedOut.Failure, false),
                _ => (StepPath.Root, null, false),
            };
            if (failure is not null && state.Step(path) is { FanOut: null, Definition.Kind: StepKind.Call } step)
            {
                found ??= ImmutableArray.CreateBuilder<DeadLetter>();
                found.Add(new DeadLetter(state.Id, path, step.Definition.AgentId, step.Definition.Action, failure, step.Attempt, quarantined, entry.At));
            }
        }

        return found?.ToImmutable() ?? [];
    }
}
