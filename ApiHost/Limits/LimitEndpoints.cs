using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Agents;
using Orchestrator.Grains;
using Orchestrator.Grains.Limits;

namespace Orchestrator.ApiHost.Limits;

/// <summary>Named limits: what they allow, who uses them, and who waits.</summary>
internal static class LimitEndpoints
{
    public static void MapLimits(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/limits/{name}", ReplaceAsync)
            .WithName("replaceLimit")
            .WithSummary("Add or replace a limit")
            .WithDescription("Survives any crash from the answer on, and is felt at once by those who wait. A new limit needs no condition, or `If-None-Match: *`. "
                + "An existing one needs `If-Match` with its ETag (428 without, 412 when it has changed). Put in the place of a declared limit it holds instead of it. "
                + "Calls under way stay, also beyond a smaller limit.")
            .Accepts<LimitRequestBody>("application/json")
            .Example("""{"keyFrom": "tag:tenant", "requests": {"amount": 600, "per": "PT1M", "burst": 20}, "tokens": {"amount": 100000}, "concurrency": 8, "onLimit": "queue", "weights": {"acme": 3}}""")
            .Produces<LimitResponse>()
            .Produces<LimitResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("limit.too_many", "limit.version", "precondition.failed", "precondition.required", "storage.full");

        routes.MapGet("/limits/{name}", (HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken) =>
                ShowAsync(http, name, grains, StatusCodes.Status200OK, cancellationToken))
            .WithName("getLimit")
            .WithSummary("Read a limit, with what is left and who waits, by key")
            .Produces<LimitResponse>()
            .Fails("limit.unknown");

        routes.MapGet("/limits", ListAsync)
            .WithName("listLimits")
            .WithSummary("List limits by name")
            .Produces<Page<LimitResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/limits/{name}", RemoveAsync)
            .WithName("removeLimit")
            .WithSummary("Forget a limit")
            .WithDescription("Needs `If-Match` with its ETag, or `*`. A declared limit whose place it took holds again. Otherwise steps and agents that name it "
                + "fail with `limit.not_found`: a name that means nothing lets nothing through.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("limit.unknown", "limit.declared", "limit.version", "precondition.failed", "precondition.required");
    }

    private static async Task<IResult> ReplaceAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<LimitRequestBody>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var limit = read.Value!.Limit(name, check);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var present = await grains.Limit(name).GetAsync(cancellationToken);
        if (Precondition.Of(http.Request, "limit", name, present?.Version) is { } failed)
        {
            return failed;
        }

        // What was judged is what is replaced: a change in between is refused, also where the caller said "whichever".
        var reply = await grains.Limit(name).PutAsync(limit, EntityTag.Expected(http.Request) == "*" ? null : present?.Version ?? "", cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : await ShowAsync(http, name, grains, present is null ? StatusCodes.Status201Created : StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(cursors, "limits", "limits", limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        // Only those of the page are asked how they stand.
        var names = (await grains.LimitDirectory().ListAsync(cancellationToken)).Where(name => string.CompareOrdinal(name, page.After) > 0).Take(page.Size + 1);
        var found = await Task.WhenAll(names.Select(name => grains.Limit(name).GetAsync(cancellationToken)));
        return NamedPage.Of(http, cursors, "limits", page, found.OfType<LimitView>(), view => view.Limit.Name, LimitResponse.Of);
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!AgentRules.IsName(name) || await grains.Limit(name).GetAsync(cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        if (Precondition.Of(http.Request, "limit", name, present.Version) is { } failed)
        {
            return failed;
        }

        var expected = EntityTag.Expected(http.Request);
        var reply = await grains.Limit(name).RemoveAsync(expected == "*" ? null : expected, cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : Results.NoContent();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken)
    {
        if (!AgentRules.IsName(name) || await grains.Limit(name).GetAsync(cancellationToken) is not { } view)
        {
            return Unknown(name);
        }

        if (status == StatusCodes.Status201Created)
        {
            http.Response.Headers.Location = "/api/v1/limits/" + name;
        }

        // The tag is of what was declared. Who waits changes without it, so a read is always answered in full.
        http.Response.Headers.ETag = EntityTag.Of(view.Version);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(LimitResponse.Of(view), ApiJson.Responses, statusCode: status);
    }

    private static ApiProblem Unknown(string name) => ApiProblem.Of("limit.unknown", $"There is no limit '{RequestCheck.Shown(name)}'.");
}
