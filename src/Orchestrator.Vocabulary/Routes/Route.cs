using System.Collections.Immutable;

namespace Orchestrator.Vocabulary.Routes;

/// <summary>A rule from a request to agents.</summary>
/// <param name="Name">1 to 128 letters, digits, '.', '_' and '-'; one name, one route. A route given by its pattern alone is called like it.</param>
/// <param name="Pattern">The exact word by which a task asks for this route; null for a route that is found otherwise. Among enabled routes a pattern stands once.</param>
/// <param name="TargetAgents">Where requests go, the first before the others. A task goes to the first alone. Empty where <paramref name="Capability"/> finds the agents.</param>
/// <param name="Keywords">Words and phrases in a request that speak for this route, whatever their case.</param>
/// <param name="Capability">Without target agents: every agent that can do this is one. With them: what they are asked to do.</param>
/// <param name="Timeout">For each attempt of a task; null for the default (300 s).</param>
/// <param name="Priority">1 to 5, 5 the most urgent; null for the request's own, or 3.</param>
/// <param name="Enabled">A route that is not is kept and found by nobody.</param>
[GenerateSerializer, Immutable, Alias("route")]
public sealed record Route(
    [property: Id(0)] string Name,
    [property: Id(1)] string? Pattern = null,
    [property: Id(2)] ImmutableArray<string> TargetAgents = default,
    [property: Id(3)] ImmutableArray<string> Keywords = default,
    [property: Id(4)] string? Capability = null,
    [property: Id(5)] TimeSpan? Timeout = null,
    [property: Id(6)] int? Priority = null,
    [property: Id(7)] bool Enabled = true,
    [property: Id(8)] string? Description = null);
