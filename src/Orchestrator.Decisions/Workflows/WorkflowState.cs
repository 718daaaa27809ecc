using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What the events of one workflow add up to. Changed by <see cref="WorkflowEvolution"/> alone.</summary>
public sealed record WorkflowState(WorkflowId Id)
{
    /// <summary>The number of the last event; 0 before there is any.</summary>
    public long Version { get; init; }

    public WorkflowStatus Status { get; init; }

    /// <summary>How it began; null before it did.</summary>
    public WorkflowAccepted? Accepted { get; init; }

    public ImmutableDictionary<StepPath, StepState> Steps { get; init; } = ImmutableDictionary<StepPath, StepState>.Empty;

    public ImmutableDictionary<StepPath, ScopeState> Scopes { get; init; } = ImmutableDictionary<StepPath, ScopeState>.Empty;

    /// <summary>All moments at which time alone moves something, the earliest first.</summary>
    public ImmutableSortedSet<DueMoment> Dues { get; init; } = ImmutableSortedSet<DueMoment>.Empty;

    /// <summary>What begun steps wait for, by step.</summary>
    public ImmutableSortedDictionary<string, Wait> Waits { get; init; } = NoWaits;

    /// <summary>Messages that no step has asked for yet, oldest first.</summary>
    public ImmutableList<SignalReceived> Signals { get; init; } = [];

    /// <summary>The ids of all messages taken.</summary>
    public ImmutableHashSet<string> SignalIds { get; init; } = [];

    /// <summary>Outcomes taken over from another workflow, by step.</summary>
    public ImmutableDictionary<StepPath, Payload> Reusable { get; init; } = ImmutableDictionary<StepPath, Payload>.Empty;

    /// <summary>A person paused it.</summary>
    public bool Paused { get; init; }

    /// <summary>Scopes that undo what they did.</summary>
    public int Undoing { get; init; }

    /// <summary>Attempts whose outcome is owed.</summary>
    public int CallsOut { get; init; }

    /// <summary>Of those, the ones that wait for room.</summary>
    public int CallsHeld { get; init; }

    /// <summary>Attempts that agents have taken on and complete later. None of them is among <see cref="CallsOut"/>.</summary>
    public int CallsDeferred { get; init; }

    public int StepsKnown { get; init; }

    public int StepsFinal { get; init; }

    public Payload? Output { get; init; }

    public StepFailure? Failure { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool Exists => Accepted is not null;

    public bool IsFinal => Status.IsFinal();

    public ScopeState Scope(StepPath path) =>
        Scopes.TryGetValue(path, out var scope) ? scope : throw new InvalidOperationException($"Workflow '{Id}' has no plan at '{path}'.");

    public StepState Step(StepPath path) =>
        Steps.TryGetValue(path, out var step) ? step : throw new InvalidOperationException($"Workflow '{Id}' has no step '{path}'.");

    /// <summary>When it must be woken at the latest. A paused workflow starts no attempt, so the times of attempts do not count for it.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            foreach (var due in Dues)
            {
                if (!Paused || due.OfScope || Step(due.Path).Status != StepStatus.Retrying)
                {
                    return due.At;
                }
            }

            return null;
        }
    }

    internal static ImmutableSortedDictionary<string, Wait> NoWaits { get; } = ImmutableSortedDictionary.Create<string, Wait>(StringComparer.Ordinal);
}

/// <summary>A moment at which time moves a step, or ends a plan.</summary>
public readonly record struct DueMoment(DateTimeOffset At, StepPath Path, bool OfScope) : IComparable<DueMoment>
{
    public int CompareTo(DueMoment other)
    {
        var byTime = At.CompareTo(other.At);
        if (byTime != 0)
        {
            return byTime;
        }

        var byPath = string.CompareOrdinal(Path.Value, other.Path.Value);
        return byPath != 0 ? byPath : OfScope.CompareTo(other.OfScope);
    }
}
