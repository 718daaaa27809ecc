using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Expressions;

/// <summary>What an expression may refer to. Everything else is unknown to it.</summary>
/// <param name="Input">The plan's input: <c>input.x</c>.</param>
/// <param name="Step">A step of the same plan by its id: <c>steps.a.output.x</c>, <c>steps.a.status</c>, <c>steps.a.finishedAt</c>; null when there is no such step.</param>
/// <param name="Item">The item of a fan-out: <c>item</c>.</param>
/// <param name="Index">Its place, from 0: <c>index</c>.</param>
/// <param name="Output">The step's own output, where it is being undone: <c>output</c>.</param>
/// <param name="Failure">What went wrong, in a fallback: <c>failure.code</c>, <c>failure.message</c>.</param>
public sealed record EvaluationContext(
    Payload Input,
    Func<string, StepResult?> Step,
    Payload? Item = null,
    int? Index = null,
    Payload? Output = null,
    StepFailure? Failure = null);

/// <summary>What an expression sees of another step. The output of a step that has none is <c>null</c>.</summary>
public readonly record struct StepResult(StepStatus Status, Payload Output, DateTimeOffset? FinishedAt = null);
