using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>Answers from a copy of the directory. Which agent fits is decided by <see cref="AgentRoutes"/>.</summary>
[StatelessWorker]
public sealed class RouterGrain(TimeProvider clock, IOptions<AgentGrainOptions> options) : Grain, IRouterGrain
{
    private AgentRoutes? routes;
    private DateTimeOffset copiedAt;

    public async Task<ImmutableArray<RouteCandidate>> ResolveAsync(RouteRequest request, CancellationToken cancellationToken = default)
    {
        var fresh = routes is null || clock.GetUtcNow() - copiedAt >= options.Value.RouterCopyAge;
        if (fresh)
        {
            await CopyAsync(cancellationToken);
        }

        var found = routes!.Resolve(request.AgentId, request.Action);

        // An agent registered a moment ago must be found by the next request, and "no such agent" would end a step for good.
        if (found.IsEmpty && !fresh)
        {
            await CopyAsync(cancellationToken);
            found = routes.Resolve(request.AgentId, request.Action);
        }

        return [.. found.Select(route => new RouteCandidate(route.Agent, route.Key, route.Reason))];
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        routes = new AgentRoutes(await GrainFactory.AgentDirectory().ListAsync(cancellationToken));
        copiedAt = clock.GetUtcNow();
    }
}
