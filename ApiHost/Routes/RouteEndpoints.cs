using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Route = Orchestrator.Vocabulary.Routes.Route;

namespace Orchestrator.ApiHost.Routes;

/// <summary>Rules from requests to agents.</summary>
internal static class RouteEndpoints
{
    private const string Example = """{"pattern": "upload_pdf", "targetAgent": "content_ingestion_agent", "timeout": 300, "priority": 2}""";

    public static void MapRoutes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/routes", AddAsync)
            .WithName("addRoute")
            .WithSummary("Add a route")
            .WithDescription("Survives any crash from the 201 on, and the next request sees it. The same route again is answered as the first time "
                + "(`Idempotency-Replayed: true`); another one under the name of a stored one is refused with 409 and is made by PUT. One under the name of a declared "
                + "route takes its place. The name is what makes it safe to repeat; an `Idempotency-Key` is accepted and not needed.")
            .Accepts<RouteRequestBody>("application/json")
            .Example(Example)
            .Produces<RouteResponse>(StatusCodes.Status201Created)
            .Idempotent()
            .Fails("route.exists", "route.pattern_taken", "route.too_many", "route.version", "storage.full");

        routes.MapPut("/routes/{name}", ReplaceAsync)
            .WithName("replaceRoute")
            .WithSummary("Add or replace a route")
            .WithDescription("A new route needs no condition, or `If-None-Match: *`. An existing one needs `If-Match` with its ETag (428 without, 412 when it has "
                + "changed). Put in the place of a declared route, one that is not enabled turns it off.")
            .Accepts<RouteRequestBody>("application/json")
            .Example(Example)
            .Produces<RouteResponse>()
            .Produces<RouteResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("route.pattern_taken", "route.too_many", "route.version", "precondition.failed", "precondition.required", "storage.full");

        routes.MapGet("/routes/{name}", GetAsync)
            .WithName("getRoute")
            .WithSummary("Read a route")
            .Produces<RouteResponse>()
            .Fails("route.unknown");

        routes.MapGet("/routes", ListAsync)
            .WithName("listRoutes")
            .WithSummary("List routes by name")
            .Produces<Page<RouteResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/routes/{name}", RemoveAsync)
            .WithName("removeRoute")
            .WithSummary("Forget a route")
            .WithDescription("Needs `If-Match` with its ETag, or `*`. A declared route whose place it took is found again. Tasks that were accepted keep their agent.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("route.unknown", "route.declared", "route.version", "precondition.failed", "precondition.required");
    }

    private static async Task<IResult> AddAsync(HttpContext http, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (route, problem) = await body.JsonAsync<RouteRequestBody, Route>(http.Request, (request, check) => request.Route(null, check), cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var table = grains.RouteTable();
        var present = await table.GetAsync(route!.Name, cancellationToken);

        // The same again changes nothing, whichever version is named; anything else under the name of a stored route is refused by the version of none.
        var reply = await table.PutAsync(route, present is { Declared: true } ? present.Version : "", cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return present is { Declared: false } && refusal.Code == "route.version"
                ? ApiProblem.Of("route.exists", $"There is a route '{route.Name}' already, declared differently.")
                : ApiProblem.From(refusal);
        }

        if (present is not null && present.Version == reply.Version)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }

        return await ShowAsync(http, route.Name, grains, StatusCodes.Status201Created, cancellationToken);
    }

    private static async Task<IResult> ReplaceAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (route, problem) = await body.JsonAsync<RouteRequestBody, Route>(
            http.Request,
            (request, check) =>
            {
                check.Name(name, request.Name);
                return request.Route(name, check);
            },
            cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var present = await grains.RouteTable().GetAsync(name, cancellationToken);
        return await new Versioned(http, "route", name, present?.Version).PutAsync(
            async expected => (await grains.RouteTable().PutAsync(route!, expected, cancellationToken)).Refusal,
            status => ShowAsync(http, name, grains, status, cancellationToken));
    }

    private static Task<IResult> GetAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        ShowAsync(http, name, grains, StatusCodes.Status200OK, cancellationToken);

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync("routes", () => grains.RouteTable().ListAsync(cancellationToken), view => view.Route.Name, RouteResponse.Of);

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await grains.RouteTable().GetAsync(name, cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        return await new Versioned(http, "route", name, present.Version).RemoveAsync(async expected => (await grains.RouteTable().RemoveAsync(name, expected, cancellationToken)).Refusal);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken)
    {
        if (await grains.RouteTable().GetAsync(name, cancellationToken) is not { } view)
        {
            return Unknown(name);
        }

        return new Versioned(http, "route", name, view.Version).Show(RouteResponse.Of(view), status);
    }

    private static ApiProblem Unknown(string name) => ApiProblem.Of("route.unknown", $"There is no route '{RequestCheck.Shown(name)}'.");
}
