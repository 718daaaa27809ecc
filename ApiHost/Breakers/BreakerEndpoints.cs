using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.ApiHost.Breakers;

/// <summary>The circuit breaker of one instance of one agent.</summary>
/// <param name="ConsecutiveFailures">Since the last success.</param>
/// <param name="OpenUntil">When the next probe may go through; null when closed, or open by hand.</param>
/// <param name="ByHand">A person opened it; it stays open until it is reset.</param>
/// <param name="Self">Its address, with the instance percent-encoded.</param>
internal sealed record BreakerResponse(
    string Agent, string Instance, BreakerStatus State, int ConsecutiveFailures, DateTimeOffset? LastFailureAt, DateTimeOffset? OpenUntil, bool ByHand, string Self)
{
    public static BreakerResponse Of(string agent, string instance, BreakerView view) => new(
        agent, instance, view.Status, view.ConsecutiveFailures, view.LastFailureAt, view.OpenUntil, view.ByHand,
        $"/api/v1/breakers/{agent}/{Uri.EscapeDataString(instance)}");
}

/// <summary>What protects instances from calls they cannot take.</summary>
internal static class BreakerEndpoints
{
    private delegate Task<BreakerView> Turn(IBreakerGrain breaker, string by, CancellationToken cancellationToken);

    public static void MapBreakers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/breakers", ListAsync)
            .WithName("listBreakers")
            .WithSummary("List breakers")
            .WithDescription("One for each instance of each agent, by agent. `agent` selects one agent's. A page ends with the agent it "
                + "began, so it may be longer than `limit`.")
            .Produces<Page<BreakerResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/breakers/{agent}/{instance}", async (string agent, string instance, IGrainFactory grains, CancellationToken cancellationToken) =>
            {
                var (breaker, problem) = await FindAsync(agent, instance, grains, cancellationToken);
                return problem ?? Show(agent, instance, await breaker!.GetAsync(cancellationToken));
            })
            .WithName("getBreaker")
            .WithSummary("Read a breaker")
            .WithDescription("`instance` is the instance's endpoint, percent-encoded; the list has the whole address.")
            .Produces<BreakerResponse>()
            .Fails("breaker.not_found");

        Command("reset", "Close a breaker by hand", "The next call goes through. Resetting a closed breaker changes nothing.", (breaker, by, cancellationToken) => breaker.ResetAsync(by, cancellationToken));
        Command("trip", "Open a breaker by hand", "No call goes through until it is reset. Tripping it again changes nothing.", (breaker, by, cancellationToken) => breaker.TripAsync(by, cancellationToken));

        void Command(string verb, string summary, string description, Turn turn) =>
            routes.MapPost("/breakers/{agent}/{instance}/" + verb, async (HttpContext http, string agent, string instance, IGrainFactory grains, CancellationToken cancellationToken) =>
                {
                    var (breaker, problem) = await FindAsync(agent, instance, grains, cancellationToken);
                    return problem ?? Show(agent, instance, await turn(breaker!, Caller.Of(http), cancellationToken));
                })
                .WithName(verb + "Breaker")
                .WithSummary(summary)
                .WithDescription(description)
                .Produces<BreakerResponse>()
                .Idempotent()
                .Fails("breaker.not_found", "storage.full");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "agent")] string? agent,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        var list = "breakers\n" + agent;
        if (!PageRequest.TryRead(cursors, list, "breakers", limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        var items = new List<BreakerResponse>();
        string? next = null;
        var last = "";
        var agents = (await grains.AgentDirectory().ListAsync(cancellationToken))
            .Where(one => agent is null || one.Name == agent)
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .SkipWhile(one => string.CompareOrdinal(one.Name, page.After) <= 0);
        foreach (var one in agents)
        {
            if (items.Count >= page.Size)
            {
                next = cursors.Write(list, last);
                break;
            }

            foreach (var instance in one.Instances.IsDefault ? [] : one.Instances)
            {
                items.Add(BreakerResponse.Of(one.Name, instance.Endpoint, await grains.Breaker(one.Name, instance.Endpoint).GetAsync(cancellationToken)));
            }

            last = one.Name;
        }

        http.LinkNext(next);
        return Results.Json(new Page<BreakerResponse>(items, next), ApiJson.Responses);
    }

    private static async ValueTask<(IBreakerGrain? Breaker, ApiProblem? Problem)> FindAsync(string agent, string instance, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var endpoint = PathSegment.Decode(instance);
        return PlanNames.IsName(agent)
            && await grains.Agent(agent).GetAsync(cancellationToken) is { } view
            && view.Instances.Any(one => one.Instance.Endpoint == endpoint)
                ? (grains.Breaker(agent, endpoint), null)
                : (null, ApiProblem.Of("breaker.not_found", $"The agent '{RequestCheck.Shown(agent)}' has no instance '{RequestCheck.Shown(endpoint)}'."));
    }

    private static IResult Show(string agent, string instance, BreakerView view) =>
        Results.Json(BreakerResponse.Of(agent, PathSegment.Decode(instance), view), ApiJson.Responses);
}
