namespace Orchestrator.Vocabulary.Plans;

/// <summary>A named limit that a step's calls draw on, beside those of its agent.</summary>
/// <param name="Key">A template for the key whose share is used; without one the limit says where the key is taken from.</param>
/// <param name="Tokens">The tokens one call may use, reserved until the call has told; without them the limit's own estimate.</param>
[GenerateSerializer, Immutable, Alias("step-limit")]
public sealed record StepLimit([property: Id(0)] string Name, [property: Id(1)] string? Key = null, [property: Id(2)] int? Tokens = null);
