using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Routing;

/// <summary>Who is heard when a request in words is routed (S4-08).</summary>
[GenerateSerializer, Alias("routing-strategy")]
[JsonConverter(typeof(SnakeCaseEnumConverter<RoutingStrategy>))]
public enum RoutingStrategy
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>Rules alone.</summary>
    Simple = 1,

    /// <summary>A model; rules where it gives no usable answer.</summary>
    Llm = 2,

    /// <summary>Rules; a model where they find nobody, or several.</summary>
    Hybrid = 3,
}

/// <summary>What a decision rests on.</summary>
[GenerateSerializer, Alias("routing-method")]
[JsonConverter(typeof(SnakeCaseEnumConverter<RoutingMethod>))]
public enum RoutingMethod
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The request gave the exact pattern of a route.</summary>
    Pattern = 1,

    /// <summary>The request gave a capability.</summary>
    Capability = 2,

    /// <summary>Words of the request are keywords of routes or agents.</summary>
    Keywords = 3,

    /// <summary>A model said so.</summary>
    Model = 4,

    /// <summary>Nothing spoke for anybody, and there is somebody for such cases.</summary>
    Fallback = 5,
}

/// <summary>Where a request goes, and why.</summary>
/// <param name="Candidates">Those that were considered: the chosen ones first, in the order in which they are to be called.</param>
/// <param name="Confidence">0 to 1: what the model said, or the score of the first one chosen.</param>
/// <param name="Reasoning">For people: the model's words, or ours.</param>
/// <param name="ModelUnheard">Why the model had no say although it was to be asked; null when it had, or was not to be asked.</param>
/// <param name="ModelRemembered">Whether what the model says was remembered from the same question; null when it had no say.</param>
/// <param name="Refusal">Why nobody was chosen; null when somebody was.</param>
/// <param name="Route">The route that gives the task its timeout and priority; null for requests that no pattern named.</param>
[GenerateSerializer, Immutable, Alias("routing-decision")]
public sealed record RoutingDecision(
    [property: Id(0)] RoutingMethod Method,
    [property: Id(1)] ImmutableArray<RoutingCandidate> Candidates,
    [property: Id(2)] double Confidence,
    [property: Id(3)] string Reasoning,
    [property: Id(4)] string? ModelUnheard = null,
    [property: Id(5)] Refusal? Refusal = null,
    [property: Id(6)] Routes.Route? Route = null,
    [property: Id(7)] bool? ModelRemembered = null)
{
    /// <summary>The agents to call, in order.</summary>
    [JsonIgnore]
    public IEnumerable<RoutingCandidate> Chosen => Candidates.Where(candidate => candidate.Chosen);
}

/// <summary>An agent that was considered.</summary>
/// <param name="Action">What it would be asked to do.</param>
/// <param name="Score">0 to 1: how much spoke for it. n keywords give n/(n+1).</param>
/// <param name="Reasons">One sentence each.</param>
/// <param name="Route">The route that led to it; null where its own keywords or capabilities did.</param>
/// <param name="Unavailable">Why it cannot be chosen; null when it can.</param>
[GenerateSerializer, Immutable, Alias("routing-candidate")]
public sealed record RoutingCandidate(
    [property: Id(0)] string Agent,
    [property: Id(1)] string Action,
    [property: Id(2)] double Score,
    [property: Id(3)] bool Chosen,
    [property: Id(4)] ImmutableArray<string> Reasons,
    [property: Id(5)] string? Route = null,
    [property: Id(6)] string? Unavailable = null);
