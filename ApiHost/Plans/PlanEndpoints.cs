using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;

namespace Orchestrator.ApiHost.Plans;

/// <summary>The catalogue of named plans.</summary>
internal static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/plans/{name}", DefineAsync)
            .WithName("definePlan")
            .WithSummary("Define a plan, or a new version of it")
            .WithDescription("Only defines; nothing runs. A first definition needs no condition, or `If-None-Match: *`. A further version "
                + "needs `If-Match` with the newest version's ETag (428 without, 412 when it is "
                + "not the newest), so that nobody's change is lost. The plan that is already the newest version adds none. Workflows "
                + "that run keep their plan.")
            .Accepts<JsonElement>("application/json", "application/yaml")
            .Example("""{"id": "greet", "steps": [{"id": "hello", "action": "echo", "input": {"text": "${{ input.name }}"}}]}""")
            .Produces<PlanDefinedResponse>()
            .Produces<PlanDefinedResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("plan.too_many", "precondition.failed", "plan.version", "plan.invalid", "precondition.required", "storage.full");

        routes.MapGet("/plans/{name}", GetAsync)
            .WithName("getPlan")
            .WithSummary("Read a plan")
            .WithDescription("The newest version, or the one `version` names.")
            .Produces<PlanResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .Fails("plan.not_found");

        routes.MapGet("/plans/{name}/versions", VersionsAsync)
            .WithName("listPlanVersions")
            .WithSummary("List a plan's versions, newest first")
            .Produces<Page<PlanVersionResponse>>()
            .Fails("plan.not_found");

        routes.MapGet("/plans", ListAsync)
            .WithName("listPlans")
            .WithSummary("List plans by name")
            .Produces<Page<PlanSummaryResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/plans/{name}", RemoveAsync)
            .WithName("deletePlan")
            .WithSummary("Take a plan out of the catalogue")
            .WithDescription("Needs `If-Match` with the newest version's ETag, or `*`. Workflows that run keep their plan.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("plan.not_found", "precondition.failed", "precondition.required");

        routes.MapPost("/plans:validate", ValidateAsync)
            .WithName("validatePlan")
            .WithSummary("Find everything that is wrong with a plan")
            .WithDescription("Keeps nothing and runs nothing. Every problem has a code and, as far as the text shows it, a line, a "
                + "column, a JSON Pointer and a suggestion.")
            .Accepts<JsonElement>("application/json", "application/yaml")
            .Example("""{"id": "greet", "steps": [{"id": "hello", "action": "echo", "dependencies": ["helo"]}]}""")
            .Produces<PlanValidationResponse>();
    }

    private static async Task<IResult> DefineAsync(HttpContext http, string name, RequestBody body, PlanChoice plans, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        if (!PlanNames.IsName(name))
        {
            check.Parameter("name", $"{PlanNames.Rule}; found '{RequestCheck.Shown(name)}'.");
        }

        var expected = EntityTag.Expected(http.Request);
        var version = expected switch
        {
            null => 0,
            "*" => (int?)null,
            _ => int.TryParse(expected, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1,
        };
        var (utf8, problem) = await PlanBodyAsync(http.Request, body, cancellationToken);
        if ((problem ?? check.Problem) is { } refused)
        {
            return refused;
        }

        var plan = plans.FromText(utf8, pointer: "");
        if (plan.Problem is not null)
        {
            return plan.Problem;
        }

        if (expected == "*" && await grains.Plan(name).GetAsync(cancellationToken: cancellationToken) is null)
        {
            return ApiProblem.Of("precondition.failed", $"`If-Match: *` replaces a plan that exists; there is no plan '{name}'.");
        }

        var reply = await grains.Plan(name).DefineAsync(plan.Plan!, version, cancellationToken);
        if (reply.Refusal is { Code: "plan.version" } && expected is null)
        {
            return EntityTag.WantsNone(http.Request)
                ? ApiProblem.Of("precondition.failed", $"There is a plan '{name}' already.")
                : ApiProblem.Of("precondition.required", $"There is a plan '{name}' already. Send its ETag as If-Match.");
        }

        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        http.Response.Headers.ETag = EntityTag.Of(reply.Version!.Value);
        http.Response.Headers.Location = "/api/v1/plans/" + name;
        return Results.Json(
            new PlanDefinedResponse(name, reply.Version.Value),
            ApiJson.Responses,
            statusCode: expected is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetAsync(
        HttpContext http, string name, IGrainFactory grains, [FromQuery(Name = "version")] string? version, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var number = check.Number("version", version, least: 1);
        if (check.Problem is { } problem)
        {
            return problem;
        }

        if (!PlanNames.IsName(name) || number > int.MaxValue || await grains.Plan(name).GetAsync((int?)number, cancellationToken) is not { } found)
        {
            return Unknown(name);
        }

        return EntityTag.Settle(http, EntityTag.Of(found.Version))
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(PlanResponse.Of(found), ApiJson.Responses);
    }

    private static async Task<IResult> VersionsAsync(string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var versions = PlanNames.IsName(name) ? await grains.Plan(name).ListVersionsAsync(cancellationToken) : [];
        return versions.IsDefaultOrEmpty
            ? Unknown(name)
            : Results.Json(
                new Page<PlanVersionResponse>([.. versions.Select(version => new PlanVersionResponse(version.Version, version.DefinedAt, version.Description))], NextCursor: null),
                ApiJson.Responses);
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync(
            "plans",
            "plans",
            (after, count) => grains.PlanDirectory().ListAsync(after, count, cancellationToken),
            plan => plan.Name,
            plan => new PlanSummaryResponse(plan.Name, plan.Newest.Version, plan.Newest.DefinedAt, plan.Newest.Description));

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PlanNames.IsName(name) || await grains.Plan(name).GetAsync(cancellationToken: cancellationToken) is not { } newest)
        {
            return Unknown(name);
        }

        switch (EntityTag.Expected(http.Request))
        {
            case null:
                return ApiProblem.Of("precondition.required", "Send the newest version's ETag as If-Match, or `*`.");
            case { } expected when expected != "*" && expected != newest.Version.ToString(CultureInfo.InvariantCulture):
                return ApiProblem.Of("precondition.failed", FormattableString.Invariant($"The newest version of '{name}' is {newest.Version}, expected '{RequestCheck.Shown(expected)}'."));
        }

        var reply = await grains.Plan(name).RemoveAsync(cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : Results.NoContent();
    }

    private static async Task<IResult> ValidateAsync(HttpContext http, RequestBody body, CancellationToken cancellationToken)
    {
        var (utf8, problem) = await PlanBodyAsync(http.Request, body, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var read = PlanText.Read(utf8, pointer: "");
        return Results.Json(new PlanValidationResponse(read.Plan is not null, read.Errors), ApiJson.Responses);
    }

    private static async ValueTask<(ReadOnlyMemory<byte> Utf8, ApiProblem? Problem)> PlanBodyAsync(HttpRequest request, RequestBody body, CancellationToken cancellationToken) =>
        RequestBody.IsJson(request) || RequestBody.IsYaml(request)
            ? await body.BytesAsync(request, cancellationToken)
            : (default, ApiProblem.Of("request.media_type", "A plan is application/json or application/yaml."));

    private static ApiProblem Unknown(string name) => ApiProblem.Of("plan.not_found", $"The catalogue has no such plan '{RequestCheck.Shown(name)}'.");
}
