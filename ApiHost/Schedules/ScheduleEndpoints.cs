using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.ApiHost.Schedules;

/// <summary>Workflows that start at times.</summary>
internal static class ScheduleEndpoints
{
    public const int NextDefault = 5;
    private const int NextMax = 100;

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/schedules/{name}", PutAsync)
            .WithName("putSchedule")
            .WithSummary("Add or replace a schedule")
            .WithDescription("Survives any crash from the 2xx on: each of its windows starts one workflow, or is counted as passed over, whatever crashes. A new schedule needs no condition, or "
                + "`If-None-Match: *`; an existing one needs `If-Match` with its ETag (428 without, 412 when it has changed). Its windows begin now; what was decided before stays decided. "
                + "The same definition again changes nothing.")
            .Accepts<ScheduleRequest>("application/json")
            .Example("""{"cron": "30 6 * * MON-FRI", "timeZone": "Europe/Berlin", "overlap": "skip", "plan": {"id": "digest", "steps": [{"id": "hello", "agentId": "echo", "action": "echo", "input": {"text": "Good morning"}}]}}""")
            .Produces<ScheduleResponse>()
            .Produces<ScheduleResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("plan.not_found", "template.not_found", "schedule.too_many", "schedule.version", "precondition.failed", "precondition.required", "plan.invalid", "schedule.invalid", "storage.full");

        routes.MapGet("/schedules/{name}", GetAsync)
            .WithName("getSchedule")
            .WithSummary("Read a schedule with its next windows")
            .WithDescription("`next` says how many windows to show, 0 to 100; 5 without one. The ETag names the definition; counts change without it.")
            .Produces<ScheduleResponse>()
            .Fails("schedule.not_found");

        routes.MapGet("/schedules", ListAsync)
            .WithName("listSchedules")
            .WithSummary("List schedules by name")
            .Produces<Page<ScheduleResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/schedules/{name}", RemoveAsync)
            .WithName("removeSchedule")
            .WithSummary("Forget a schedule")
            .WithDescription("Needs `If-Match` with its ETag, or `*`. Windows that wait are forgotten; workflows that run go on.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("schedule.not_found", "schedule.version", "precondition.failed", "precondition.required");

        routes.MapPost("/schedules:preview", PreviewAsync)
            .WithName("previewSchedule")
            .WithSummary("Look at times without keeping anything")
            .Accepts<PreviewRequest>("application/json")
            .Example("""{"cron": "30 2 * * *", "timeZone": "Europe/Berlin", "count": 3, "after": "2026-03-28T12:00:00.000Z"}""")
            .Produces<PreviewResponse>();
    }

    public static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int next, int status, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, grains, next, cancellationToken) is not { } view)
        {
            return Unknown(name);
        }

        return new Versioned(http, "schedule", name, view.Version).Show(ScheduleResponse.Of(view), status, live: true);
    }

    public static ApiProblem Unknown(string name) => ApiProblem.Of("schedule.not_found", $"There is no schedule '{RequestCheck.Shown(name)}'.");

    private static async Task<IResult> PutAsync(HttpContext http, string name, RequestBody body, PlanChoice plans, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (schedule, problem) = await ScheduleReading.ReadAsync(http.Request, body, plans, name, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var present = await grains.Schedule(name).GetAsync(next: 0, cancellationToken);
        return await new Versioned(http, "schedule", name, present?.Version).PutAsync(
            async expected => (await grains.Schedule(name).PutAsync(schedule!, expected, cancellationToken)).Refusal,
            status => ShowAsync(http, name, grains, NextDefault, status, cancellationToken));
    }

    private static async Task<IResult> GetAsync(HttpContext http, string name, IGrainFactory grains, [FromQuery(Name = "next")] string? next, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var count = check.Number("next", next, least: 0) ?? NextDefault;
        if (count > NextMax)
        {
            check.Parameter("next", $"'next' is at most {NextMax}.");
        }

        return check.Problem is { } problem ? problem : await ShowAsync(http, name, grains, (int)count, StatusCodes.Status200OK, cancellationToken);
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync(
            "schedules",
            "schedules",
            async (after, count) =>
            {
                var names = await grains.ScheduleDirectory().ListAsync(after, count, cancellationToken);
                return (await Task.WhenAll(names.Select(async name => (Name: name, View: await grains.Schedule(name).GetAsync(NextDefault, cancellationToken))))).ToImmutableArray();
            },
            schedule => schedule.Name,
            schedule => schedule.View is { } view ? ScheduleResponse.Of(view) : null);

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, grains, 0, cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        return await new Versioned(http, "schedule", name, present.Version).RemoveAsync(async expected => (await grains.Schedule(name).RemoveAsync(expected, cancellationToken)).Refusal);
    }

    private static async Task<IResult> PreviewAsync(HttpContext http, RequestBody body, TimeProvider clock, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<PreviewRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var (times, problem) = ScheduleReading.Read(read.Value!);
        return problem is not null
            ? problem
            : Results.Json(new PreviewResponse(ScheduleCalendar.Of(times).Next(read.Value!.After ?? clock.GetUtcNow(), read.Value.Count)), ApiJson.Responses);
    }

    private static async Task<ScheduleView?> FindAsync(string name, IGrainFactory grains, int next, CancellationToken cancellationToken) =>
        ScheduleRules.IsName(name) ? await grains.Schedule(name).GetAsync(next, cancellationToken) : null;
}
