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
