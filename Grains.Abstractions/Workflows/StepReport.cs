using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Workflows;

/// <summary>What a step tells its workflow about an attempt. Sent until it is taken; a report of an attempt no longer in flight changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("step-report")]
public abstract record StepReport(
    [property: Id(0)] StepPath Step, [property: Id(1)] int Generation, [property: Id(2)] int Attempt);

/// <summary>The agent answered with an output.</summary>
[GenerateSerializer, Immutable, Alias("attempt-completed")]
public sealed record AttemptCompleted(
    StepPath Step, int Generation, int Attempt, [property: Id(0)] Payload Output, [property: Id(1)] CallUsage? Usage = null)
    : StepReport(Step, Generation, Attempt);

/// <summary>The agent failed, or could not be reached in time.</summary>
[GenerateSerializer, Immutable, Alias("attempt-failed")]
public sealed record AttemptDidFail(
    StepPath Step, int Generation, int Attempt, [property: Id(0)] StepFailure Failure, [property: Id(1)] CallUsage? Usage = null)
    : StepReport(Step, Generation, Attempt);

/// <summary>The attempt has been held up for longer than is worth keeping quiet about.</summary>
[GenerateSerializer, Immutable, Alias("attempt-waits")]
public sealed record AttemptWaits(StepPath Step, int Generation, int Attempt, [property: Id(0)] Wait Wait)
    : StepReport(Step, Generation, Attempt);

/// <summary>What held the attempt up is gone; the agent has been called.</summary>
[GenerateSerializer, Immutable, Alias("attempt-proceeds")]
public sealed record AttemptProceeds(StepPath Step, int Generation, int Attempt)
    : StepReport(Step, Generation, Attempt);

/// <summary>The agent has taken the attempt on and answers later. Whoever made the call is done with it.</summary>
/// <param name="Until">The deadline the agent was told.</param>
[GenerateSerializer, Immutable, Alias("attempt-taken-on")]
public sealed record AttemptTakenOn(
    StepPath Step, int Generation, int Attempt, [property: Id(0)] string Agent, [property: Id(1)] DateTimeOffset Until)
    : StepReport(Step, Generation, Attempt);
