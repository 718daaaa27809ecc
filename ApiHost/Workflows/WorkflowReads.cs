using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Everything about workflows that only looks.</summary>
internal static class WorkflowReads
{
    public static void MapWorkflowReads(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/workflows/{id}", GetAsync)
            .WithName("getWorkflow")
            .WithSummary("Read a workflow")
            .WithDescription("Cheap to repeat with `If-None-Match`. `wait`, in seconds up to 30 or as an ISO 8601 duration, holds the "
                + "answer until the workflow has ended; so does `Prefer: wait=n`.")
            .Produces<WorkflowResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .Prefers()
            .Fails("workflow.not_found");

        routes.MapGet("/workflows", ListAsync)
            .WithName("listWorkflows")
            .WithSummary("List workflows, newest first")
            .WithDescription("Filters add up. `status` takes several names parted by commas. `tag` is `key:value` and may stand more than "
                + "once. A workflow that was there when the first page was read "
                + "stands on exactly one page, whatever starts meanwhile. `count=exact` counts what the `status` filter selects and goes "
                + "with no other filter.")
            .Produces<Page<WorkflowSummaryResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/workflows/{id}/history", HistoryAsync)
            .WithName("getWorkflowHistory")
            .WithSummary("Read a workflow's events")
            .WithDescription("In order, numbered from 1 without gaps. Begin after an event with `after`, or go on with `cursor`.")
            .Produces<Page<EventResponse>>()
            .Fails("cursor.invalid", "workflow.not_found");

        routes.MapGet("/workflows/{id}/graph", GraphAsync)
            .WithName("getWorkflowGraph")
            .WithSummary("Read a workflow as a graph")
            .WithDescription("Nodes are steps with their states; edges are the dependencies that were declared, and those that the "
                + "sequential mode adds.")
            .Produces<GraphResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .Fails("workflow.not_found");

        routes.MapGet("/workflows/{id}/result", ResultAsync)
            .WithName("getWorkflowResult")
            .WithSummary("Read what became of a plan, in the words of S3")
            .WithDescription("Answered 202 with what there is so far while the workflow is under way. A plan that ran out of its time has an error that says `timed out`.")
            .Produces<PlanResult>()
            .Produces<PlanResult>(StatusCodes.Status202Accepted)
            .Fails("workflow.not_found");

        routes.MapGet("/workflows/{id}/explain", ExplainAsync)
            .WithName("explainWorkflow")
            .WithSummary("Say what a workflow waits for")
            .WithDescription("One sentence, and the same as data: what it waits for, since when, until when, and what one can do.")
            .Produces<ExplanationResponse>()
            .Fails("workflow.not_found");
    }

    public static ApiProblem Unknown(string id) => ApiProblem.Of("workflow.not_found", $"There is no workflow '{RequestCheck.Shown(id)}'.");

    private static async Task<IResult> GetAsync(
        HttpContext http, string id, IGrainFactory grains, WorkflowWait wait, [FromQuery(Name = "wait")] string? waitText, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return Unknown(id);
        }

        var preference = Preference.Read(http.Request);
        var patience = preference.Wait;
        if (waitText is not null)
        {
            if (!TryPatience(waitText, out var asked))
            {
                var check = new RequestCheck();
                check.Parameter("wait", $"'wait' is a number of seconds or an ISO 8601 duration such as PT30S, found '{RequestCheck.Shown(waitText)}'.");
                return check.Problem!;
            }

            patience = asked;
        }

        var view = await grains.Workflow(workflow).GetAsync(cancellationToken);
        if (view is not null && !view.Status.IsFinal() && patience is { } time)
        {
            await wait.UntilEndAsync(workflow, view.Version, time, cancellationToken);
            view = await grains.Workflow(workflow).GetAsync(cancellationToken);
        }

        preference.Apply(http.Response);
        return view is null ? Unknown(id)
            : EntityTag.Settle(http, EntityTag.Of(view.Version)) ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(WorkflowResponse.Of(view), ApiJson.Responses);
    }

    private static async Task<IResult> ResultAsync(string id, IGrainFactory grains, TimeProvider clock, CancellationToken cancellationToken) =>
        WorkflowId.TryParse(id, out var workflow) && await grains.Workflow(workflow).GetAsync(cancellationToken) is { } view
            ? Results.Json(PlanResult.Of(view, clock.GetUtcNow()), ApiJson.Responses, statusCode: view.Status.IsFinal() ? StatusCodes.Status200OK : StatusCodes.Status202Accepted)
            : Unknown(id);

    private static async Task<IResult> ListAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "status")] string? status,
        [FromQuery(Name = "waitingFor")] string? waitingFor,
        [FromQuery(Name = "plan")] string? plan,
        [FromQuery(Name = "tag")] string[]? tag,
        [FromQuery(Name = "createdAfter")] string? createdAfter,
        [FromQuery(Name = "createdBefore")] string? createdBefore,
        [FromQuery(Name = "failureCode")] string? failureCode,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        [FromQuery(Name = "count")] string? count,
        CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var query = new WorkflowQuery(
            [.. check.Names<WorkflowStatus>("status", status)],
            waitingFor is null ? null : check.Names<WaitKind>("waitingFor", waitingFor).Cast<WaitKind?>().FirstOrDefault(),
            plan,
            TagText.Read(tag, "tag", check),
            check.Moment("createdAfter", createdAfter),
            check.Moment("createdBefore", createdBefore),
            failureCode,
            Limit: check.Limit(limit));
        if (count is not (null or "exact"))
        {
            check.Parameter("count", "'count' takes only 'exact'.");
        }
        else if (count is not null && (query.WaitingFor is not null || plan is not null || query.Tags is not null || createdAfter is not null || createdBefore is not null || failureCode is not null))
        {
            check.Parameter("count", "'count=exact' goes with no filter but 'status': only states are counted as they change.");
        }

        if (check.Problem is { } problem)
        {
            return problem;
        }

        var list = "workflows\n" + string.Join('\n', http.Request.Query.Where(pair => pair.Key is not ("cursor" or "limit" or "count"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "=" + string.Join(',', pair.Value.Order(StringComparer.Ordinal))));
        if (cursor is not null)
        {
            if (!cursors.TryRead(list, cursor, out var position) || Position(position) is not { } after)
            {
                return ApiProblem.Of("cursor.invalid", "The cursor was not made for this list with these filters.");
            }

            query = query with { After = after };
        }

        var index = grains.WorkflowIndex();
        var page = await index.ListAsync(query, cancellationToken);
        long? total = null;
        if (count is not null)
        {
            var counts = await index.CountAsync(cancellationToken);
            total = counts.Where(pair => query.Statuses.IsDefaultOrEmpty || query.Statuses.Contains(pair.Key)).Sum(pair => pair.Value);
        }

        var next = page.Next is { } more ? cursors.Write(list, Position(more)) : null;
        http.LinkNext(next);
        return Results.Json(new Page<WorkflowSummaryResponse>([.. page.Items.Select(WorkflowSummaryResponse.Of)], next, total), ApiJson.Responses);
    }

    private static async Task<IResult> HistoryAsync(
        HttpContext http,
        string id,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "after")] string? after,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return Unknown(id);
        }

        var check = new RequestCheck();
        var size = check.Limit(limit);
        var from = check.Number("after", after, least: 0) ?? 0;
        if (check.Problem is { } problem)
        {
            return problem;
        }

        var list = "history\n" + id;
        if (cursor is not null)
        {
            if (!cursors.TryRead(list, cursor, out var position))
            {
                return ApiProblem.Of("cursor.invalid", "The cursor was not made for this workflow's history.");
            }

            from = long.Parse(position, CultureInfo.InvariantCulture);
        }

        var page = await grains.Workflow(workflow).ReadHistoryAsync(from, size, cancellationToken);
        if (page.LastNumber == 0)
        {
            return Unknown(id);
        }

        var last = page.Entries.IsDefaultOrEmpty ? page.LastNumber : page.Entries[^1].Number;
        var next = last < page.LastNumber ? cursors.Write(list, last.ToString(CultureInfo.InvariantCulture)) : null;
        http.LinkNext(next);
        return Results.Json(new Page<EventResponse>([.. page.Entries.Select(EventResponse.Of)], next), ApiJson.Responses);
    }

    private static async Task<IResult> GraphAsync(HttpContext http, string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        !WorkflowId.TryParse(id, out var workflow) || await grains.Workflow(workflow).GetAsync(cancellationToken) is not { } view ? Unknown(id)
        : EntityTag.Settle(http, EntityTag.Of(view.Version)) ? Results.StatusCode(StatusCodes.Status304NotModified)
        : Results.Json(WorkflowGraph.Of(view), ApiJson.Responses);

    private static async Task<IResult> ExplainAsync(string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        !WorkflowId.TryParse(id, out var workflow) || await grains.Workflow(workflow).ExplainAsync(cancellationToken) is not { } explanation
            ? Unknown(id)
            : Results.Json(ExplanationResponse.Of(explanation), ApiJson.Responses);

    private static bool TryPatience(string text, out TimeSpan patience)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            patience = Preference.Bounded(TimeSpan.FromSeconds(seconds));
            return true;
        }

        var read = IsoDuration.TryRead(text, out patience);
        patience = Preference.Bounded(patience);
        return read;
    }

    private static string Position(WorkflowPosition position) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"{position.CreatedAt.UtcTicks}/{position.Id.Value}").ToString();

    private static WorkflowPosition? Position(string text) =>
        text.Split('/', 2) is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(new DateTimeOffset(number, TimeSpan.Zero), new WorkflowId(id))
            : null;
}
