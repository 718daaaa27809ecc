using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Routing;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.ApiHost.Routes;

/// <summary><c>POST /api/v1/routes:resolve</c>: explains a routing without running anything.</summary>
internal static class RouteResolution
{
    public const int ContentLengthMax = 100_000;
    public const int HistoryMax = 200;

    public static void MapRouteResolution(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/routes:resolve", ResolveAsync)
            .WithName("resolveRoute")
            .WithSummary("Ask where a request would go")
            .WithDescription("Nothing is run and nothing is kept. Candidates come with scores and reasons; the chosen ones stand first. A model is asked where the strategy says so.")
            .Accepts<ResolveRequest>("application/json")
            .Example("""{"content": "Please find what we know about photosynthesis.", "strategy": "simple"}""")
            .Produces<ResolveResponse>();

    private static async Task<IResult> ResolveAsync(HttpContext http, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<ResolveRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var query = Query(read.Value!, check);
        return check.Problem is { } problem
            ? problem
            : Results.Json(ResolveResponse.Of(await grains.Router().DecideAsync(query, cancellationToken)), ApiJson.Responses);
    }

    private static RoutingQuery Query(ResolveRequest request, RequestCheck check)
    {
        string?[] asked = [request.Pattern, request.Capability, request.Content];
        if (asked.Count(one => one is not null) != 1)
        {
            check.Member("/content", "Exactly one of pattern, capability and content is there.");
        }

        if (request.Content is null && (request.Context ?? request.UserContext) is not null)
        {
            check.Member("/context", "context and userContext go with content.");
        }

        var strategy = request.Strategy is null ? (RoutingStrategy?)null : Strategy(request.Strategy, check);
        return new(
            request.Pattern,
            request.Capability,
            request.Content is null ? null : Request(request.Content, request.Context, request.History, request.UserContext, check),
            strategy);
    }

    /// <summary>A request in words, within its bounds.</summary>
    public static RoutingRequest Request(
        string content, Payload? context, IReadOnlyCollection<Payload>? history, Payload? userContext, RequestCheck check)
    {
        if (string.IsNullOrWhiteSpace(content) || content.Length > ContentLengthMax)
        {
            check.Member("/content", FormattableString.Invariant($"The content has 1 to {ContentLengthMax:N0} characters that are not all blank, found {content.Length:N0}."));
        }

        if (history?.Count > HistoryMax)
        {
            check.Member("/history", FormattableString.Invariant($"A history has at most {HistoryMax} entries, found {history.Count:N0}."));
        }

        return new(content, context ?? default, [.. history ?? []], userContext ?? default);
    }

    public static RoutingStrategy Strategy(string text, RequestCheck check)
    {
        foreach (var strategy in (RoutingStrategy[])[RoutingStrategy.Simple, RoutingStrategy.Llm, RoutingStrategy.Hybrid])
        {
            if (SnakeCase.Of(strategy) == text)
            {
                return strategy;
            }
        }

        check.Member("/strategy", $"A strategy is simple, llm or hybrid, found '{RequestCheck.Shown(text)}'.");
        return RoutingStrategy.Simple;
    }
}
