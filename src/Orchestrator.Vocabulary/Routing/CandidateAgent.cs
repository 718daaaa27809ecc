using System.Collections.Immutable;

namespace Orchestrator.Vocabulary.Routing;

/// <summary>An agent that a request may go to, as a model is told of it.</summary>
[GenerateSerializer, Immutable, Alias("candidate-agent")]
public sealed record CandidateAgent(
    [property: Id(0)] string Name,
    [property: Id(1)] string? Description,
    [property: Id(2)] ImmutableArray<string> Keywords,
    [property: Id(3)] ImmutableArray<string> Capabilities);
