using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>What became of requests in words, and what they took. Read off their workflows, so there is no second book to disagree with (S4-51).</summary>
internal static class RequestReads
{
    public static void MapRequestReads(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/requests/{requestId}", GetAsync)
            .WithName("getRequest")
            .WithSummary("Read what became of a request in words")
            .WithDescription("The same as `POST /orchestrate` answered, or would have; 202 while it is under way.")
            .Produces<RequestOutcomeResponse>()
            .Produces<RequestAcceptedResponse>(StatusCodes.Status202Accepted)
            .Fails("task.not_found");

        routes.MapGet("/requests/metrics", MetricsAsync)
            .WithName("listRequestMetrics")
            .WithSummary("What requests in words took, the newest first")
            .WithDescription("Kept for `Tasks:RequestMetricsFor` (a day), and no longer than their workflows.")
            .Produces<Page<RequestMetricsResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/requests/averages", AveragesAsync)
            .WithName("getRequestAverages")
            .WithSummary("What requests in words took on average")
            .WithDescription("Of the newest `Api:AnalyticsRunsMax` requests (100) that are kept, over all and by agent, read off their workflows.")
            .Produces<RequestAveragesResponse>();

        routes.MapPost("/requests/{requestId}/satisfaction", NoteSatisfactionAsync)
            .WithName("noteSatisfaction")
            .WithSummary("Say how satisfied the user was with an answer")
            .WithDescription("From 0 to 1; what is said later takes the place of what was said before. Survives any crash from the 204 on, and is kept for `Tasks:RequestMetricsFor` (a day).")
            .Accepts<SatisfactionRequest>("application/json")
            .Example("""{"satisfaction": 0.8}""")
            .Produces(StatusCodes.Status204NoContent)
            .Fails("task.not_found", "storage.full");
    }

    private static async Task<IResult> NoteSatisfactionAsync(
        HttpContext http, string requestId, RequestBody body, IGrainFactory grains, IOptions<TaskOptions> options, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<SatisfactionRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is { } unreadable)
        {
            return unreadable;
        }

        var check = new RequestCheck();
        if (read.Value!.Satisfaction is not (>= 0 and <= 1))
        {
            check.Member("/satisfaction", "A satisfaction is a number from 0 to 1.");
        }

        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        if (await FindAsync(requestId, grains, cancellationToken) is not { } view)
        {
            return Unknown(requestId);
        }

        await grains.Satisfaction(view.Id).NoteAsync(read.Value.Satisfaction!.Value, options.Value.RequestMetricsFor, cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> GetAsync(HttpContext http, string requestId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await FindAsync(requestId, grains, cancellationToken) is not { } view)
        {
            return Unknown(requestId);
        }

        var input = RequestOutcome.InputOf(view);
        return view.FinishedAt is { } end
            ? Results.Json(RequestOutcome.Of(view, input, Math.Round((end - view.CreatedAt).TotalSeconds, 3)), ApiJson.Responses)
            : Results.Json(new RequestAcceptedResponse(TaskIds.Write(view.Id), TaskStatusResponse.Running, input.Routing.Agents), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> MetricsAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        TimeProvider clock,
        IOptions<TaskOptions> options,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(cursors, "request-metrics", "requests", limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        var (metrics, position) = await KeptAsync(grains, clock.GetUtcNow() - options.Value.RequestMetricsFor, page.After is { } after ? PositionOf(after) : null, page.Size, cancellationToken);
        var next = position is null ? null : cursors.Write("request-metrics", string.Create(CultureInfo.InvariantCulture, $"{position.CreatedAt.UtcTicks}/{position.Id}"));
        http.LinkNext(next);
        return Results.Json(new Page<RequestMetricsResponse>(metrics, next), ApiJson.Responses);
    }

    private static async Task<IResult> AveragesAsync(IGrainFactory grains, TimeProvider clock, IOptions<TaskOptions> options, IOptions<ApiOptions> api, CancellationToken cancellationToken)
    {
        var all = new List<RequestMetricsResponse>();
        WorkflowPosition? after = null;
        do
        {
            var (metrics, next) = await KeptAsync(
                grains, clock.GetUtcNow() - options.Value.RequestMetricsFor, after, Math.Min(RequestCheck.LimitMax, api.Value.AnalyticsRunsMax - all.Count), cancellationToken);
            all.AddRange(metrics);
            after = next;
        }
        while (after is not null && all.Count < api.Value.AnalyticsRunsMax);

        return Results.Json(RequestAveragesResponse.Of(all), ApiJson.Responses);
    }

    private static async Task<(ImmutableArray<RequestMetricsResponse> Metrics, WorkflowPosition? Next)> KeptAsync(
        IGrainFactory grains, DateTimeOffset from, WorkflowPosition? after, int limit, CancellationToken cancellationToken)
    {
        var found = await grains.WorkflowIndex().ListAsync(
            new WorkflowQuery(
                Tags: ImmutableSortedDictionary<string, string>.Empty.Add(RequestStart.KindTag, RequestStart.Kind), CreatedFrom: from, After: after, Limit: limit),
            cancellationToken);
        var metrics = await Task.WhenAll(found.Items.Select(async summary => await grains.Workflow(summary.Id).GetAsync(cancellationToken) is { } view
            ? Of(view, await grains.Satisfaction(view.Id).GetAsync(cancellationToken))
            : null));
        return ([.. metrics.OfType<RequestMetricsResponse>()], found.Next);
    }

    private static async Task<WorkflowView?> FindAsync(string requestId, IGrainFactory grains, CancellationToken cancellationToken) =>
        TaskIds.Read(requestId) is { } id && await grains.Workflow(id).GetAsync(cancellationToken) is { } view && view.Tags.GetValueOrDefault(RequestStart.KindTag) == RequestStart.Kind
            ? view
            : null;

    private static ApiProblem Unknown(string requestId) => ApiProblem.Of("task.not_found", $"Unknown request '{RequestCheck.Shown(requestId, 128)}'");

    // Signed, so it is one that was written above.
    private static WorkflowPosition PositionOf(string text)
    {
        var parts = text.Split('/', 2);
        return new(new DateTimeOffset(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero), new WorkflowId(parts[1]));
    }

    private static RequestMetricsResponse Of(WorkflowView view, double? satisfaction)
    {
        var input = RequestOutcome.InputOf(view);
        var outcome = view.FinishedAt is null ? null : RequestOutcome.Of(view, input, 0);
        return new(
            TaskIds.Write(view.Id), view.CreatedAt, input.Routing.RoutingTimeMs, (view.FinishedAt - view.CreatedAt)?.TotalMilliseconds, outcome?.AgentsUsed ?? input.Routing.Agents, outcome?.Success,
            satisfaction, input.Routing.ModelRemembered is { } remembered ? remembered ? 1 : 0 : null);
    }
}
