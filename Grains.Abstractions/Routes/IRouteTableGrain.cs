using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Grains.Routes;

/// <summary>All routes: those the host declares and those that were stored. The key is always <see cref="Key"/>.</summary>
[Alias("route-table")]
public interface IRouteTableGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Stores a route under its name. Durable when the task completes; the same route again changes nothing.</summary>
    /// <param name="expectedVersion">The version to replace; <c>""</c> for none yet, null for whichever there is. Another one is refused with <c>route.version</c>.</param>
    [Alias("put")]
    Task<RouteReply> PutAsync(Route route, string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Forgets a stored route. A declared one of the same name is found again; one that is declared only is refused with <c>route.declared</c>.</summary>
    [Alias("remove")]
    Task<RouteReply> RemoveAsync(string name, string? expectedVersion = null, CancellationToken cancellationToken = default);

    [Alias("get")]
    Task<RouteView?> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All of them, disabled ones too, in the order in which they are asked: declared ones, then stored ones as they came.</summary>
    [Alias("list")]
    Task<ImmutableArray<RouteView>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes with every change of any route: whoever has a list of this version need not ask for another.</summary>
    [Alias("version"), AlwaysInterleave]
    Task<string> VersionAsync(CancellationToken cancellationToken = default);
}

/// <param name="Version">Of the route after the change: the strong ETag of the API. Null when there is none.</param>
[GenerateSerializer, Immutable, Alias("route-reply")]
public sealed record RouteReply([property: Id(0)] string? Version, [property: Id(1)] Refusal? Refusal = null);

/// <param name="Declared">It comes with the product or from configuration, and was not replaced.</param>
[GenerateSerializer, Immutable, Alias("route-view")]
public sealed record RouteView([property: Id(0)] Route Route, [property: Id(1)] string Version, [property: Id(2)] bool Declared);
