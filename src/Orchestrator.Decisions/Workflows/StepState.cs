using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What a workflow remembers of one step, of one item of a fan-out, or of one undoing.</summary>
public sealed record StepState(StepPath Path, StepPath Scope, Step Definition)
{
    public StepStatus Status { get; init; } = StepStatus.Pending;

    /// <summary>Dependencies that are not final yet.</summary>
    public int Missing { get; init; }

    /// <summary>Attempts begun in this generation.</summary>
    public int Attempt { get; init; }

    public int Generation { get; init; }

    /// <summary>The process that owes the present attempt.</summary>
    public long Epoch { get; init; }

    /// <summary>Crashes of ours in a row that interrupted the present attempt.</summary>
    public int Crashes { get; init; }

    /// <summary>A process of ours ended while the present attempt was out, so what the agent made of it is unknown.</summary>
    public bool Interrupted { get; init; }

    /// <summary>An agent's answer is owed: the attempt is out, or waits for room.</summary>
    public bool CallOut { get; init; }

    /// <summary>The agent has taken the present attempt on and answers later: no call is out for it.</summary>
    public Deferral? Deferral { get; init; }

    /// <summary>The completions that were taken, by fingerprint.</summary>
    public ImmutableArray<(int Generation, int Attempt, string Fingerprint)> Completions { get; init; } = [];

    public Wait? Wait { get; init; }

    /// <summary>When time alone moves the step: its attempt's end, its next attempt, its timer, its expiry.</summary>
    public DateTimeOffset? Due { get; init; }

    public Payload Output { get; init; }

    public StepFailure? Failure { get; init; }

    /// <summary>The question it asks of persons, once it has been asked.</summary>
    public ApprovalState? Approval { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The number of the event that completed it: what is undone is undone in the reverse of this order.</summary>
    public long CompletedNumber { get; init; }

    /// <summary>Its outcome was taken over from another workflow.</summary>
    public bool Reused { get; init; }

    /// <summary>What its attempts took of language models, all generations together.</summary>
    public CallUsage? Usage { get; init; }

    /// <summary>Attempts whose answers came too late and have been kept.</summary>
    public ImmutableArray<(int Generation, int Attempt)> Late { get; init; } = [];

    /// <summary>For an item: the fan-out it belongs to, its place and its value.</summary>
    public ItemState? Item { get; init; }

    /// <summary>For a fan-out: its items and how far they are.</summary>
    public FanOutState? FanOut { get; init; }

    /// <summary>It undoes what another step did; the step that it undoes.</summary>
    public StepPath? Undoes { get; init; }

    public bool IsFinal => Status.IsFinal();

    /// <summary>Whether the given attempt is the one whose outcome is owed.</summary>
    public bool Owes(int generation, int attempt) => CallOut && Generation == generation && Attempt == attempt;

    /// <summary>Whether the given attempt may still be decided by its agent: its call is out, or it was taken on.</summary>
    public bool Awaits(int generation, int attempt) => (CallOut || Deferral is not null) && Generation == generation && Attempt == attempt;
}

/// <summary>Which item of which fan-out a step is.</summary>
public sealed record ItemState(StepPath Of, int Index, Payload Value);

/// <summary>How far a fan-out is.</summary>
public sealed record FanOutState(int Count, int Begun, int Final);
