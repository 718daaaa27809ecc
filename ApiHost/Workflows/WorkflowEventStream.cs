using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary><c>GET /api/v1/workflows/{id}/events</c>: a workflow's events as they happen (server-sent events, WHATWG HTML §9.2).</summary>
/// <remarks>
/// A stream pulls: it asks the workflow for the next page only when the reader has taken the one before, so a slow reader costs one page of
/// memory and a stalled one is cut off by the server's minimum rate. Every event's id is its number in the journal, so a reader that comes
/// back with the last id it has seen misses nothing and sees nothing twice.
/// </remarks>
internal static class WorkflowEventStream
{
    private const int EventsPerPage = 64;

    public static void MapWorkflowEventStream(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/workflows/{id}/events", StreamAsync)
            .WithName("streamWorkflowEvents")
            .WithSummary("Watch a workflow")
            .WithDescription("Server-sent events: `id:` is the event's number, `event:` its type, `data:` one JSON object `{number, at, "
                + "type, data}`. Goes on after the number in `Last-Event-ID` or `after`; "
                + "the larger one counts. A comment every 15 s says that the connection lives. The stream ends after the workflow's last "
                + "event; asked to go on after that it answers 204, which ends "
                + "a browser's reconnecting. A `reset` event says that the number is not in this history: read the workflow anew and go "
                + "on from its version.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .Produces(StatusCodes.Status204NoContent)
            .Fails("workflow.not_found", "server.busy");

    private static async Task<IResult> StreamAsync(
        HttpContext http,
        string id,
        IGrainFactory grains,
        TimeProvider clock,
        StreamCount streams,
        [FromQuery(Name = "after")] string? afterText,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        var check = new RequestCheck();
        var after = Math.Max(check.Number("after", afterText, least: 0) ?? 0, check.Number("Last-Event-ID", lastEventId, least: 0) ?? 0);
        if (check.Problem is { } problem)
        {
            return problem;
        }

        using var seat = streams.TryTake();
        if (seat is null)
        {
            return ApiProblem.Of("server.busy", "As many event streams are open as this server allows.");
        }

        // A stream that is open when the server stops ends here; the reader comes back with the last id it has seen.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var grain = grains.Workflow(workflow);
        var page = await grain.ReadHistoryAsync(after, EventsPerPage, stop.Token);
        if (page.LastNumber == 0)
        {
            return WorkflowReads.Unknown(id);
        }

        if (page.Finished && after == page.LastNumber)
        {
            return Results.NoContent();
        }

        try
        {
            await RunAsync(await EventWriter.BeginAsync(http, clock, stop.Token), grain, page, after, WorkflowLinks.SelfOf(workflow), clock, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        return Results.Empty;
    }

    private static async Task RunAsync(
        EventWriter writer, IWorkflowGrain grain, HistoryPage page, long after, string self, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (after > page.LastNumber)
        {
            await writer.ResetAsync(new { snapshot = self }, cancellationToken);
            after = page.LastNumber;
        }

        while (true)
        {
            after = await WritePageAsync(writer, page, after, cancellationToken);
            if (page.Finished && after >= page.LastNumber)
            {
                return;
            }

            var patience = await writer.KeepAliveAsync(cancellationToken);
            page = await WorkflowWait.WatchAsync(grain, after, EventsPerPage, patience, clock, cancellationToken);
        }
    }

    private static async Task<long> WritePageAsync(EventWriter writer, HistoryPage page, long after, CancellationToken cancellationToken)
    {
        if (page.Entries.IsDefaultOrEmpty)
        {
            return after;
        }

        foreach (var entry in page.Entries)
        {
            var response = EventResponse.Of(entry);
            await writer.EventAsync(entry.Number, response.Type, response, cancellationToken);
            after = entry.Number;
        }

        await writer.FlushAsync(cancellationToken);
        return after;
    }
}
