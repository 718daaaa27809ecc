using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
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
/// back with the last id it has seen misses nothing and sees nothing twice. The platform's own result writes no comments, hence no heartbeats,
/// so the lines are written here.
/// </remarks>
internal static class WorkflowEventStream
{
    private const int EventsPerPage = 64;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

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

        Begin(http);
        try
        {
            await new Stream(http, grain, clock).RunAsync(page, after, WorkflowLinks.SelfOf(workflow), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        return Results.Empty;
    }

    private static void Begin(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private sealed class Stream(HttpContext http, IWorkflowGrain grain, TimeProvider clock)
    {
        private long written;

        public async Task RunAsync(HistoryPage page, long after, string self, CancellationToken cancellationToken)
        {
            await WriteAsync("retry: 2000\n\n", cancellationToken);
            if (after > page.LastNumber)
            {
                await WriteAsync($"event: reset\ndata: {{\"snapshot\":\"{self}\"}}\n\n", cancellationToken);
                after = page.LastNumber;
            }

            while (true)
            {
                after = await WritePageAsync(page, after, cancellationToken);
                if (page.Finished && after >= page.LastNumber)
                {
                    return;
                }

                var quiet = clock.GetElapsedTime(written);
                if (quiet >= Heartbeat)
                {
                    await WriteAsync(": still here\n\n", cancellationToken);
                    quiet = TimeSpan.Zero;
                }

                var patience = Heartbeat - quiet;
                page = await WorkflowWait.WatchAsync(
                    grain, after, EventsPerPage, patience < WorkflowWait.WatchMax ? patience : WorkflowWait.WatchMax, clock, cancellationToken);
            }
        }

        private async Task<long> WritePageAsync(HistoryPage page, long after, CancellationToken cancellationToken)
        {
            if (page.Entries.IsDefaultOrEmpty)
            {
                return after;
            }

            foreach (var entry in page.Entries)
            {
                var response = EventResponse.Of(entry);
                await http.Response.WriteAsync(
                    string.Create(CultureInfo.InvariantCulture, $"id: {entry.Number}\nevent: {response.Type}\ndata: {JsonSerializer.Serialize(response, ApiJson.Responses)}\n\n"),
                    Encoding.UTF8,
                    cancellationToken);
                after = entry.Number;
            }

            await FlushAsync(cancellationToken);
            return after;
        }

        private async Task WriteAsync(string text, CancellationToken cancellationToken)
        {
            await http.Response.WriteAsync(text, Encoding.UTF8, cancellationToken);
            await FlushAsync(cancellationToken);
        }

        private async Task FlushAsync(CancellationToken cancellationToken)
        {
            await http.Response.Body.FlushAsync(cancellationToken);
            written = clock.GetTimestamp();
        }
    }
}
