using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Who asks, and why.</summary>
[GenerateSerializer, Immutable, Alias("command-context")]
public sealed record CommandContext([property: Id(0)] string By, [property: Id(1)] string? Reason = null);

/// <summary>The workflow's status after the command, or why the command was refused.</summary>
[GenerateSerializer, Immutable, Alias("command-reply")]
public sealed record CommandReply([property: Id(0)] WorkflowStatus Status, [property: Id(1)] long Version, [property: Id(2)] Refusal? Refusal = null);

/// <param name="Steps">The steps to try again; empty for every one that rests before its next attempt.</param>
[GenerateSerializer, Immutable, Alias("retry-steps")]
public sealed record RetrySteps([property: Id(0)] CommandContext Context, [property: Id(1)] ImmutableArray<StepPath> Steps = default);

[GenerateSerializer, Immutable, Alias("send-signal")]
public sealed record SendSignal([property: Id(0)] string SignalId, [property: Id(1)] string Name, [property: Id(2)] Payload Content);

/// <param name="Claimed">The name is what the caller said of themselves; nobody asked for credentials.</param>
[GenerateSerializer, Immutable, Alias("decide-approval")]
public sealed record DecideApproval(
    [property: Id(0)] StepPath Step,
    [property: Id(1)] bool Approved,
    [property: Id(2)] string By,
    [property: Id(3)] string? Reason = null,
    [property: Id(4)] bool Claimed = false);

/// <param name="FromStep">For a fork: the step from which work is done again; it and everything that depends on it.</param>
/// <param name="Input">For a rerun or a fork: another workflow input than the original's; null keeps it.</param>
/// <param name="StepInput">For a fork: another input for <paramref name="FromStep"/>; null keeps what the plan says.</param>
[GenerateSerializer, Immutable, Alias("successor-request")]
public sealed record SuccessorRequest(
    [property: Id(0)] OriginKind Kind,
    [property: Id(1)] string? FromStep = null,
    [property: Id(2)] Payload? Input = null,
    [property: Id(3)] Payload? StepInput = null);

[GenerateSerializer, Immutable, Alias("successor-reply")]
public sealed record SuccessorReply([property: Id(0)] StartWorkflow? Start, [property: Id(1)] Refusal? Refusal = null);

/// <param name="LastNumber">The number of the workflow's newest event; 0 when there is no such workflow.</param>
/// <param name="Finished">The workflow has ended: no event will follow <paramref name="LastNumber"/>, late answers apart.</param>
[GenerateSerializer, Immutable, Alias("history-page")]
public sealed record HistoryPage(
    [property: Id(0)] ImmutableArray<JournalEntry> Entries, [property: Id(1)] long LastNumber, [property: Id(2)] bool Finished);
