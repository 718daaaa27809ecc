namespace Orchestrator.Vocabulary.Steps;

/// <summary>Why an attempt did not succeed.</summary>
/// <param name="Code">A stable, machine-readable name, such as <c>agent.timeout</c> or one the agent gave.</param>
/// <param name="Message">For people; never a stack trace, never a secret.</param>
/// <param name="Retryable">Whether another attempt may do better. A failure that is not retryable ends the step at once.</param>
/// <param name="RetryAfter">The earliest moment, counted from the failure, at which the agent wants to be called again.</param>
[GenerateSerializer, Immutable, Alias("step-failure")]
public sealed record StepFailure(
    [property: Id(0)] string Code,
    [property: Id(1)] string Message,
    [property: Id(2)] bool Retryable,
    [property: Id(3)] TimeSpan? RetryAfter = null);
