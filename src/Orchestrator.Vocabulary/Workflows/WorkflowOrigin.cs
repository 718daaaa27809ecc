using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>How a workflow came out of another.</summary>
[GenerateSerializer, Alias("origin-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OriginKind>))]
public enum OriginKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The same plan and input, from the beginning.</summary>
    Rerun = 1,

    /// <summary>From the steps that had not completed.</summary>
    Retry = 2,

    /// <summary>From a step of choice, perhaps with other input.</summary>
    Fork = 3,
}

/// <summary>The workflow this one continues, and what it takes over from it.</summary>
/// <param name="Reused">Outcomes taken over; their steps are not called again.</param>
[GenerateSerializer, Immutable, Alias("workflow-origin")]
public sealed record WorkflowOrigin(
    [property: Id(0)] WorkflowId From,
    [property: Id(1)] OriginKind Kind,
    [property: Id(2)] string? FromStep = null,
    [property: Id(3)] ImmutableArray<ReusedOutcome> Reused = default);

/// <summary>A completed step of another workflow whose output stands here too.</summary>
[GenerateSerializer, Immutable, Alias("reused-outcome")]
public sealed record ReusedOutcome([property: Id(0)] StepPath Step, [property: Id(1)] Payload Output);
