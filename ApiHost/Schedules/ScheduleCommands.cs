using System.Security.Cryptography;
using System.Text;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Grains;
using Orchestrator.Grains.Schedules;

namespace Orchestrator.ApiHost.Schedules;

/// <summary>What one can tell a schedule to do.</summary>
internal static class ScheduleCommands
{
    private const int TriggerIdLength = 32;

    public static void MapScheduleCommands(this IEndpointRouteBuilder routes)
    {
        Note("pause", "Pause a schedule", "Windows start nothing until it is resumed, and are counted. A second pause changes nothing but the note.",
            (schedule, note, cancellationToken) => schedule.PauseAsync(note, cancellationToken));
        Note("resume", "Resume a schedule", "What passed while it was paused stays passed. A second resume changes nothing.",
            (schedule, note, cancellationToken) => schedule.ResumeAsync(note, cancellationToken));

        routes.MapPost("/schedules/{name}/trigger", TriggerAsync)
            .WithName("triggerSchedule")
            .WithSummary("Start a schedule's workflow now")
            .WithDescription("As the overlap policy allows, also while it is paused. One `Idempotency-Key`, one workflow; without a key every request is a new one.")
            .Accepts<TriggerRequest>("application/json")
            .Example("""{"overlap": "allow_all"}""")
            .Produces<TriggerResponse>(StatusCodes.Status202Accepted)
            .Idempotent()
            .Fails("schedule.not_found", "storage.full");

        routes.MapPost("/schedules/{name}/backfill", BackfillAsync)
            .WithName("backfillSchedule")
            .WithSummary("Start a schedule's windows of the past")
            .WithDescription("Those from `from` to `to`, both included, whose workflow is not there yet: asked for twice, nothing starts twice, with or without an `Idempotency-Key`. "
                + "More windows than `Schedules:BackfillMax` are refused, and none is started.")
            .Accepts<BackfillRequest>("application/json")
            .Example("""{"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-02T00:00:00.000Z", "overlap": "buffer_all"}""")
            .Produces<BackfillResponse>(StatusCodes.Status202Accepted)
            .Idempotent()
            .Fails("schedule.not_found", "schedule.too_many_windows", "storage.full");

        void Note(string verb, string summary, string description, Func<IScheduleGrain, string?, CancellationToken, Task<ScheduleReply>> command) =>
            routes.MapPost("/schedules/{name}/" + verb, (HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken) =>
                    NoteAsync(http, name, body, grains, command, cancellationToken))
                .WithName(verb + "Schedule")
                .WithSummary(summary)
                .WithDescription(description)
                .Accepts<NoteRequest>("application/json")
                .Example("""{"note": "holidays"}""")
                .Produces<ScheduleResponse>()
                .Idempotent()
                .Fails("schedule.not_found", "storage.full");
    }

    private static async Task<IResult> NoteAsync(
        HttpContext http,
        string name,
        RequestBody body,
        IGrainFactory grains,
        Func<IScheduleGrain, string?, CancellationToken, Task<ScheduleReply>> command,
        CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<NoteRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        ScheduleReading.CheckNote(read.Value?.Note, check);
        if ((read.Problem ?? check.Problem) is { } problem)
        {
            return problem;
        }

        if (!ScheduleRules.IsName(name))
        {
            return ScheduleEndpoints.Unknown(name);
        }

        var reply = await command(grains.Schedule(name), read.Value?.Note, cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : await ScheduleEndpoints.ShowAsync(http, name, grains, ScheduleEndpoints.NextDefault, StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> TriggerAsync(
        HttpContext http, string name, RequestBody body, WorkflowIdSource ids, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var read = await body.JsonAsync<TriggerRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        var overlap = ScheduleReading.Overlap(read.Value?.Overlap, check);
        if ((read.Problem ?? check.Problem) is { } problem)
        {
            return problem;
        }

        if (!ScheduleRules.IsName(name))
        {
            return ScheduleEndpoints.Unknown(name);
        }

        // The key, whatever it is, becomes part of the workflow's id: that is what makes two requests one.
        var id = key is null ? ids.Next().Value : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..TriggerIdLength];
        var reply = await grains.Schedule(name).TriggerAsync(id, overlap, cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : Results.Json(new TriggerResponse(reply.Workflow!, "/api/v1/workflows/" + reply.Workflow), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> BackfillAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<BackfillRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var overlap = ScheduleReading.Overlap(read.Value!.Overlap, check);
        if (read.Value.To < read.Value.From)
        {
            check.Member("/to", "The last moment does not lie before the first.");
        }

        if (check.Problem is { } problem)
        {
            return problem;
        }

        if (!ScheduleRules.IsName(name))
        {
            return ScheduleEndpoints.Unknown(name);
        }

        var reply = await grains.Schedule(name).BackfillAsync(read.Value.From, read.Value.To, overlap, cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : Results.Json(new BackfillResponse(reply.Windows), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
    }
}
