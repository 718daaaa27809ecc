using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Routes;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Records;
using Orchestrator.Grains.Routing;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Grains.Routes;

/// <summary>All routes, as one record beside what the host declares: changes are rare and reads go to the routers' copies.</summary>
public sealed class RouteTableGrain(
    [PersistentState("routes")] IPersistentState<StoredRoutes> stored, IEnumerable<IDeclared<Route>> declared, IOptionsMonitor<RoutingOptions> options)
    : Grain, IRouteTableGrain
{
    private ImmutableArray<RouteView> list;
    private ImmutableArray<Route> declaredThen;

    private ImmutableArray<Route> Declared => declared.LastOrDefault()?.All ?? [];

    public async Task<RouteReply> PutAsync(Route route, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        var complete = RouteRules.Complete(route);
        if (RouteRules.Check(complete) is { } invalid)
        {
            return new RouteReply(null, invalid);
        }

        var present = Find(complete.Name);
        var json = StoredRoutes.Write(complete);
        if (present is not null && StoredRoutes.Write(present.Route) == json)
        {
            return new RouteReply(present.Version);
        }

        if (RecordVersion.Stale("route", complete.Name, present?.Version, expectedVersion) is { } stale)
        {
            return new RouteReply(present?.Version, stale);
        }

        if (complete is { Enabled: true, Pattern: { } pattern } && Views().FirstOrDefault(other => other.Route.Enabled && other.Route.Pattern == pattern && other.Route.Name != complete.Name) is { } rival)
        {
            return new RouteReply(present?.Version, new Refusal("route.pattern_taken", $"Route '{rival.Route.Name}' has the pattern '{pattern}' already."));
        }

        var known = stored.State.Routes.Find(kept => kept.Name == complete.Name);
        if (known is null && stored.State.Routes.Count >= options.CurrentValue.RoutesMax)
        {
            return new RouteReply(null, new Refusal("route.too_many", $"{stored.State.Routes.Count} routes are stored, which is as many as may be."));
        }

        var revision = stored.State.LastRevision + 1;
        var kept = new StoredRoutes.Entry { Name = complete.Name, Route = json, Revision = revision };
        await StoreAsync(new StoredRoutes
        {
            LastRevision = revision,
            Routes = known is null ? [.. stored.State.Routes, kept] : [.. stored.State.Routes.Select(other => other.Name == kept.Name ? kept : other)],
        });
        return new RouteReply(VersionOf(revision));
    }

    public async Task<RouteReply> RemoveAsync(string name, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        if (Find(name) is not { } present)
        {
            return new RouteReply(null, new Refusal("route.unknown", $"There is no route '{name}'."));
        }

        if (present.Declared)
        {
            return new RouteReply(present.Version, new Refusal("route.declared", $"Route '{name}' comes with the product or from its configuration. Replace it by one that is not enabled, or change it there."));
        }

        if (RecordVersion.Stale("route", name, present.Version, expectedVersion) is { } stale)
        {
            return new RouteReply(present.Version, stale);
        }

        await StoreAsync(new StoredRoutes { LastRevision = stored.State.LastRevision + 1, Routes = [.. stored.State.Routes.Where(kept => kept.Name != name)] });
        return new RouteReply(Find(name)?.Version);
    }

    public Task<RouteView?> GetAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(Find(name));

    public Task<ImmutableArray<RouteView>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult(Views());

    public Task<string> VersionAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(string.Create(CultureInfo.InvariantCulture, $"{stored.State.LastRevision}.{RecordVersion.Digest(string.Concat(Views().Where(view => view.Declared).Select(view => view.Version)))}"));

    private RouteView? Find(string name) => Views().FirstOrDefault(view => view.Route.Name == name);

    private ImmutableArray<RouteView> Views()
    {
        var now = Declared;
        if (list.IsDefault || now != declaredThen)
        {
            var own = stored.State.Routes.ToDictionary(kept => kept.Name, StringComparer.Ordinal);
            list =
            [
                .. RouteTable.Merge(now, [.. stored.State.Routes.Select(kept => StoredRoutes.Parse(kept.Route))])
                    .Select(route => own.TryGetValue(route.Name, out var kept)
                        ? new RouteView(route, VersionOf(kept.Revision), Declared: false)
                        : new RouteView(route, RecordVersion.Declared(StoredRoutes.Write(route)), Declared: true)),
            ];
            declaredThen = now;
        }

        return list;
    }

    private async Task StoreAsync(StoredRoutes next)
    {
        await stored.KeepAsync(next);

        list = default;
    }

    private static string VersionOf(long revision) => RecordVersion.Stored('r', revision);

}
