using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Plans;

/// <summary>How the order of steps is found.</summary>
[GenerateSerializer, Alias("plan-mode")]
[JsonConverter(typeof(SnakeCaseEnumConverter<PlanMode>))]
public enum PlanMode
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>A step starts when its dependencies are done.</summary>
    Dag = 1,

    /// <summary>Each step starts when the one before it is done.</summary>
    Sequential = 2,
}

/// <summary>An immutable definition of work: steps, what they depend on, how long they may take, what happens instead.</summary>
/// <param name="Timeout">For the whole plan, from the moment its first step may start; null for none.</param>
/// <param name="FallbackPlan">Runs by itself when this plan fails or times out, under its own timeout.</param>
/// <param name="Output">A template for the result. Without one, the result is the output of the last step, or an object of the last steps' outputs by id.</param>
/// <remarks>Only validated plans reach a workflow. Stored as JSON in the shape people write, with defaults left out.</remarks>
[GenerateSerializer, Immutable, Alias("plan")]
public sealed record Plan(
    [property: Id(0)] string Id,
    [property: Id(1)] ImmutableArray<Step> Steps,
    [property: Id(2)] PlanMode Mode = PlanMode.Dag,
    [property: Id(3), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? Timeout = null,
    [property: Id(4)] Plan? FallbackPlan = null,
    [property: Id(5)] ImmutableArray<PlanInput> Inputs = default,
    [property: Id(6)] Payload? Output = null,
    [property: Id(7)] string? Description = null);

/// <summary>A value the plan asks its caller for.</summary>
/// <param name="Default">Used when the caller gives none. A plan file may name a text file instead; what is kept here is its content.</param>
[GenerateSerializer, Immutable, Alias("plan-input")]
public sealed record PlanInput(
    [property: Id(0)] string Name,
    [property: Id(1)] string? Description = null,
    [property: Id(2)] bool Required = false,
    [property: Id(3)] Payload? Default = null);
