using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.ApiHost.Agents;

/// <summary>Who can be asked to do work.</summary>
internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        const string declaration = """
            "kind": "http", "capabilities": ["summarize"], "instances": [{"endpoint": "http://127.0.0.1:8001/run", "weight": 1}], "concurrency": 100, "rateLimit": {"perMinute": 100, "burst": 20}, "keywords": ["summary"]
            """;

        routes.MapPost("/agents", RegisterAsync)
            .WithName("registerAgent")
            .WithSummary("Register an agent")
            .WithDescription("Survives any crash from the 201 on. The same registration again is answered as the first time "
                + "(`Idempotency-Replayed: true`); another one under the same name is refused with 409 and is made by PUT. "
                + "The name is what makes it safe to repeat; an `Idempotency-Key` is accepted and not needed.")
            .Accepts<AgentRequest>("application/json")
            .Example("{\"name\": \"summarizer\", " + declaration + "}")
            .Produces<AgentResponse>(StatusCodes.Status201Created)
            .Idempotent()
            .Fails("agent.exists", "agent.too_many", "agent.invalid", "storage.full");

        routes.MapPut("/agents/{name}", ReplaceAsync)
            .WithName("replaceAgent")
            .WithSummary("Register or replace an agent")
            .WithDescription("A new agent needs no condition, or `If-None-Match: *`. An existing one needs `If-Match` with its ETag (428 "
                + "without, 412 when it has changed).")
            .Accepts<AgentRequest>("application/json")
            .Example("{" + declaration + "}")
            .Produces<AgentResponse>()
            .Produces<AgentResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("agent.too_many", "agent.invalid", "precondition.failed", "agent.version", "precondition.required", "storage.full");

        routes.MapGet("/agents/{name}", GetAsync)
            .WithName("getAgent")
            .WithSummary("Read an agent")
            .WithDescription("Its declaration with its ETag, and how it stands now: calls under way, waiting and made, and its instances' "
                + "breakers. The ETag is that of the declaration.")
            .Produces<AgentResponse>()
            .Fails("agent.not_found");

        routes.MapGet("/agents", ListAsync)
            .WithName("listAgents")
            .WithSummary("List agents by name")
            .Produces<Page<AgentSummaryResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/agents/{name}", RemoveAsync)
            .WithName("removeAgent")
            .WithSummary("Forget an agent")
            .WithDescription("Needs `If-Match` with its ETag, or `*`. Calls under way finish; calls that wait for it are refused.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("agent.not_found", "agent.declared", "precondition.failed", "precondition.required");
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out _, out var refused))
        {
            return refused!;
        }

        var (registration, problem) = await ReadAsync(http.Request, body, name: null, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var agent = grains.Agent(registration!.Name);
        if (await agent.GetAsync(cancellationToken) is { } present)
        {
            if (!Same(present.Registration, registration))
            {
                return ApiProblem.Of("agent.exists", $"There is an agent '{registration.Name}' already, declared differently.");
            }

            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            return Show(http, registration.Name, AgentResponse.Of(present), StatusCodes.Status201Created);
        }

        var reply = await agent.RegisterAsync(registration, cancellationToken: cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : await ShowAsync(http, registration.Name, grains, StatusCodes.Status201Created, cancellationToken);
    }

    private static async Task<IResult> ReplaceAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (registration, problem) = await ReadAsync(http.Request, body, name, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var agent = grains.Agent(name);
        var present = await agent.GetAsync(cancellationToken);
        if (Precondition.Of(http.Request, "agent", name, present?.Version) is { } failed)
        {
            return failed;
        }

        var expected = EntityTag.Expected(http.Request);
        var reply = await agent.RegisterAsync(registration!, expected == "*" ? null : expected, cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : await ShowAsync(http, name, grains, present is null ? StatusCodes.Status201Created : StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        PlanNames.IsName(name) ? await ShowAsync(http, name, grains, StatusCodes.Status200OK, cancellationToken) : Unknown(name);

    private static async Task<IResult> ListAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(cursors, "agents", "agents", limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        var agents = await grains.AgentDirectory().ListAsync(cancellationToken);
        return NamedPage.Of(http, cursors, "agents", page, agents, agent => agent.Name, AgentSummaryResponse.Of);
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PlanNames.IsName(name) || await grains.Agent(name).GetAsync(cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        if (Precondition.Of(http.Request, "agent", name, present.Version) is { } failed)
        {
            return failed;
        }

        var reply = await grains.Agent(name).RemoveAsync(cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : Results.NoContent();
    }

    private static async ValueTask<(AgentRegistration? Registration, ApiProblem? Problem)> ReadAsync(HttpRequest request, RequestBody body, string? name, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<AgentRequest>(request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return (null, read.Problem);
        }

        var check = new RequestCheck();
        if (name is not null && read.Value!.Name is { } other && other != name)
        {
            check.Member("/name", $"The name in the path is '{RequestCheck.Shown(name)}', found '{RequestCheck.Shown(other)}'.");
        }

        var registration = read.Value!.Registration(name ?? read.Value.Name, check);
        return (registration, check.Problem);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken) =>
        await grains.Agent(name).GetAsync(cancellationToken) is { } view ? Show(http, name, AgentResponse.Of(view), status) : Unknown(name);

    private static IResult Show(HttpContext http, string name, AgentResponse agent, int status)
    {
        http.Response.Headers.ETag = EntityTag.Of(agent.Version);
        http.Response.Headers.CacheControl = "no-cache";
        if (status == StatusCodes.Status201Created)
        {
            http.Response.Headers.Location = "/api/v1/agents/" + name;
        }

        return Results.Json(agent, ApiJson.Responses, statusCode: status);
    }

    /// <summary>Registrations hold arrays, which compare by place and not by content; as JSON they compare by content.</summary>
    private static bool Same(AgentRegistration one, AgentRegistration other) =>
        JsonSerializer.Serialize(one, ApiJson.Responses) == JsonSerializer.Serialize(other, ApiJson.Responses);

    private static ApiProblem Unknown(string name) => ApiProblem.Of("agent.not_found", $"There is no agent '{RequestCheck.Shown(name)}'.");
}
