using System.Collections.Immutable;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Agents;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Limits;

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
        var (limit, problem) = await body.JsonAsync<LimitRequestBody, Limit>(http.Request, (request, check) => request.Limit(name, check), cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var present = await grains.Limit(name).GetAsync(cancellationToken);
        return await new Versioned(http, "limit", name, present?.Version).PutAsync(
            async expected => (await grains.Limit(name).PutAsync(limit!, expected, cancellationToken)).Refusal,
            status => ShowAsync(http, name, grains, status, cancellationToken));
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync(
            "limits",
            "limits",
            async (after, count) =>
            {
                // Only those of the page are asked how they stand.
                var names = (await grains.LimitDirectory().ListAsync(cancellationToken)).Where(name => string.CompareOrdinal(name, after) > 0).Take(count);
                return (await Task.WhenAll(names.Select(async name => (Name: name, View: await grains.Limit(name).GetAsync(cancellationToken))))).ToImmutableArray();
            },
            limit => limit.Name,
            limit => limit.View is { } view ? LimitResponse.Of(view) : null);

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!AgentRules.IsName(name) || await grains.Limit(name).GetAsync(cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        return await new Versioned(http, "limit", name, present.Version).RemoveAsync(async expected => (await grains.Limit(name).RemoveAsync(expected, cancellationToken)).Refusal);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken)
    {
        if (!AgentRules.IsName(name) || await grains.Limit(name).GetAsync(cancellationToken) is not { } view)
        {
            return Unknown(name);
        }

        return new Versioned(http, "limit", name, view.Version).Show(LimitResponse.Of(view), status, live: true);
    }

    private static ApiProblem Unknown(string name) => ApiProblem.Of("limit.unknown", $"There is no limit '{RequestCheck.Shown(name)}'.");
}
