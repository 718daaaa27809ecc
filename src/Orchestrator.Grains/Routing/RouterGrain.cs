using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Routes;
using Orchestrator.Decisions.Routing;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Routing;
using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Grains.Routing;

/// <summary>Answers from copies of the directory and the route table. Who fits is decided by <see cref="AgentRoutes"/> and <see cref="RequestRouting"/>.</summary>
/// <remarks>Others are answered while one waits for a model, so that a slow model holds up nobody but those who asked it.</remarks>
[StatelessWorker, Reentrant]
public sealed partial class RouterGrain(
    IEnumerable<IRouteJudge> judges,
    IProcessEpoch epoch,
    TimeProvider clock,
    IOptions<AgentGrainOptions> options,
    IOptionsMonitor<RoutingOptions> routing,
    ILogger<RouterGrain> logger) : Grain, IRouterGrain
{
    private readonly RouteJudging judging = new(judges.LastOrDefault(), routing.CurrentValue.ToJudgingPolicy(), clock);
    private ImmutableArray<AgentRegistration> agents;
    private AgentRoutes? agentRoutes;
    private RouteTable? table;
    private string tableVersion = "";
    private DateTimeOffset agentsCopiedAt;
    private DateTimeOffset tableCopiedAt;

    public async Task<ImmutableArray<RouteCandidate>> ResolveAsync(RouteRequest request, CancellationToken cancellationToken = default)
    {
        var fresh = await RenewAgentsAsync(cancellationToken);
        var found = agentRoutes!.Resolve(request.AgentId, request.Action);

        // An agent registered a moment ago must be found by the next request, and "no such agent" would end a step for good.
        if (found.IsEmpty && !fresh)
        {
            await CopyAgentsAsync(cancellationToken);
            found = agentRoutes.Resolve(request.AgentId, request.Action);
        }

        return [.. found.Select(route => new RouteCandidate(route.Agent, route.Key, route.Reason))];
    }

    public async Task<RoutingDecision> DecideAsync(RoutingQuery query, CancellationToken cancellationToken = default)
    {
        var fresh = await RenewTableAsync(cancellationToken) & await RenewAgentsAsync(cancellationToken);
        var decision = Rules(query);

        // A route or an agent that was added a moment ago must be found by the next request.
        if (!fresh && decision.Candidates.All(candidate => candidate.Unavailable is not null))
        {
            await CopyTableAsync(cancellationToken);
            await CopyAgentsAsync(cancellationToken);
            decision = Rules(query);
        }

        return query.Request is { } request ? await HearModelAsync(decision, request, query.Strategy, cancellationToken) : decision;
    }

    private async Task<RoutingDecision> HearModelAsync(RoutingDecision rules, RoutingRequest request, RoutingStrategy? asked, CancellationToken cancellationToken)
    {
        var present = Present();
        var candidates = present.ToJudge(rules, asked ?? routing.CurrentValue.Strategy);
        if (candidates.IsEmpty)
        {
            return rules;
        }

        var (judgement, fromMemory) = await judging.AskAsync(new RouteQuestion(request, candidates, RoutingComplexities.Of(request, candidates.Length, rules)), cancellationToken);
        RoutingMetrics.Judged(judgement, fromMemory);
        switch (judgement)
        {
            case RouteJudgement.Chosen chosen:
                var judged = present.Judged(rules, candidates, chosen.PrimaryAgent, chosen.SecondaryAgents, chosen.Confidence, chosen.Reasoning);
                return judged.ModelUnheard is null ? judged with { ModelRemembered = fromMemory } : judged;
            case RouteJudgement.Unusable unusable:
                LogUnheard(unusable.Why);
                return RequestRouting.Unheard(rules, unusable.Why);
            default:
                return RequestRouting.Unheard(rules, "No model is configured for routing.");
        }
    }

    private RoutingDecision Rules(RoutingQuery query) => query switch
    {
        { Pattern: { } pattern } => Present().ByPattern(pattern),
        { Capability: { } capability } => Present().ByCapability(capability),
        { Request: { } request } => Present().ByRules(request.Content),
        _ => throw new ArgumentException("A routing query has a pattern, a capability or a request; found none of them.", nameof(query)),
    };

    private RequestRouting Present() => new(table!, agents, routing.CurrentValue.ToPolicy());

    // Where all is in one process the next request must see a change; asking whether there was one is cheap there.
    private async Task<bool> RenewTableAsync(CancellationToken cancellationToken)
    {
        var old = table is null || (epoch.IsAlone
            ? await GrainFactory.RouteTable().VersionAsync(cancellationToken) != tableVersion
            : clock.GetUtcNow() - tableCopiedAt >= options.Value.RouterCopyAge);
        if (old)
        {
            await CopyTableAsync(cancellationToken);
        }

        return old;
    }

    private async Task CopyTableAsync(CancellationToken cancellationToken)
    {
        // The version first: a change in between makes the copy newer than its version, and is copied once more.
        var version = await GrainFactory.RouteTable().VersionAsync(cancellationToken);
        table = new RouteTable((await GrainFactory.RouteTable().ListAsync(cancellationToken)).Select(view => view.Route));
        tableVersion = version;
        tableCopiedAt = clock.GetUtcNow();
    }

    private async Task<bool> RenewAgentsAsync(CancellationToken cancellationToken)
    {
        var old = agentRoutes is null || clock.GetUtcNow() - agentsCopiedAt >= options.Value.RouterCopyAge;
        if (old)
        {
            await CopyAgentsAsync(cancellationToken);
        }

        return old;
    }

    private async Task CopyAgentsAsync(CancellationToken cancellationToken)
    {
        var copied = await GrainFactory.AgentDirectory().ListAsync(cancellationToken);
        agents = copied;
        agentRoutes = new AgentRoutes(copied);
        agentsCopiedAt = clock.GetUtcNow();
    }

    [LoggerMessage(EventId = 3401, EventName = "RouteModelUnheard", Level = LogLevel.Warning, Message = "A request was routed by rules. {Why}")]
    private partial void LogUnheard(string why);
}
