using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>A step that failed for good, kept so that a person can see why and have it done again.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="RedrivenAs">The workflow that did it again, once there is one.</param>
[GenerateSerializer, Immutable, Alias("dead-letter")]
public sealed record DeadLetter(
    [property: Id(0)] WorkflowId Workflow,
    [property: Id(1)] StepPath Step,
    [property: Id(2)] string? Agent,
    [property: Id(3)] string? Action,
    [property: Id(4)] StepFailure Failure,
    [property: Id(5)] int Attempts,
    [property: Id(6)] bool Quarantined,
    [property: Id(7)] DateTimeOffset At,
    [property: Id(8)] WorkflowId? RedrivenAs = null)
{
    /// <summary>Names the dead letter in the API.</summary>
    public string Id => Workflow.Value + ":" + Step.Value;
}

/// <summary>Which dead letters are meant; what is null selects nothing away.</summary>
/// <param name="Agent">Exactly this agent's.</param>
/// <param name="Code">Exactly this failure code.</param>
/// <param name="Redriven">Those whose work was done again, or those whose was not.</param>
/// <param name="From">Not older than this.</param>
/// <param name="Before">Older than this.</param>
[GenerateSerializer, Immutable, Alias("dead-letter-filter")]
public sealed record DeadLetterFilter(
    [property: Id(0)] string? Agent = null,
    [property: Id(1)] string? Code = null,
    [property: Id(2)] bool? Redriven = null,
    [property: Id(3)] DateTimeOffset? From = null,
    [property: Id(4)] DateTimeOffset? Before = null)
{
    /// <summary>Selects all of them.</summary>
    public static DeadLetterFilter None { get; } = new();

    public bool Selects(DeadLetter letter) =>
        (Agent is null || letter.Agent == Agent)
        && (Code is null || letter.Failure.Code == Code)
        && (Redriven is null || Redriven == letter.RedrivenAs is not null)
        && (From is null || letter.At >= From)
        && (Before is null || letter.At < Before);
}
