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
    }

    private static async Task<IResult> GetAsync(HttpContext http, string requestId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (TaskIds.Read(requestId) is not { } id || await grains.Workflow(id).GetAsync(cancellationToken) is not { } view || view.Tags.GetValueOrDefault(RequestStart.KindTag) != RequestStart.Kind)
        {
            return ApiProblem.Of("task.not_found", $"Unknown request '{RequestCheck.Shown(requestId, 128)}'");
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

        var found = await grains.WorkflowIndex().ListAsync(
            new WorkflowQuery(
                Tags: ImmutableSortedDictionary<string, string>.Empty.Add(RequestStart.KindTag, RequestStart.Kind),
                CreatedFrom: clock.GetUtcNow() - options.Value.RequestMetricsFor,
                After: page.After is { } after ? PositionOf(after) : null,
                Limit: page.Size),
            cancellationToken);
        var views = await Task.WhenAll(found.Items.Select(summary => grains.Workflow(summary.Id).GetAsync(cancellationToken)));
        var next = found.Next is { } position ? cursors.Write("request-metrics", string.Create(CultureInfo.InvariantCulture, $"{position.CreatedAt.UtcTicks}/{position.Id}")) : null;
        http.LinkNext(next);
        return Results.Json(new Page<RequestMetricsResponse>([.. views.OfType<WorkflowView>().Select(Of)], next), ApiJson.Responses);
    }

    // Signed, so it is one that was written above.
    private static WorkflowPosition PositionOf(string text)
    {
        var parts = text.Split('/', 2);
        return new(new DateTimeOffset(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero), new WorkflowId(parts[1]));
    }

    private static RequestMetricsResponse Of(WorkflowView view)
    {
        var input = RequestOutcome.InputOf(view);
        var outcome = view.FinishedAt is null ? null : RequestOutcome.Of(view, input, 0);
        return new(
            TaskIds.Write(view.Id), view.CreatedAt, input.Routing.RoutingTimeMs, (view.FinishedAt - view.CreatedAt)?.TotalMilliseconds, outcome?.AgentsUsed ?? input.Routing.Agents, outcome?.Success,
            UserSatisfaction: null, CacheHitRate: null);
    }
}
