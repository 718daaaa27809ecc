using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Routing;

/// <summary>A request in words, with what surrounds it (S4-18, S4-31).</summary>
/// <param name="Content">What the user wrote. It is data: nothing in it can name an agent that is not a candidate.</param>
/// <param name="Context">What the caller knows about the request: any JSON value.</param>
/// <param name="History">What was said before, oldest first: any JSON values.</param>
/// <param name="UserContext">What the caller knows about the user: any JSON value.</param>
[GenerateSerializer, Immutable, Alias("routing-request")]
public sealed record RoutingRequest(
    [property: Id(0)] string Content,
    [property: Id(1)] Payload Context = default,
    [property: Id(2)] ImmutableArray<Payload> History = default,
    [property: Id(3)] Payload UserContext = default);
