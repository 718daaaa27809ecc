using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Agents;
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
        var (registration, problem) = await body.JsonAsync<AgentRequest, AgentRegistration>(http.Request, (request, check) => request.Registration(request.Name, check), cancellationToken);
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
            return Show(http, present, StatusCodes.Status201Created);
        }

        var reply = await agent.RegisterAsync(registration, cancellationToken: cancellationToken);
        return reply.Refusal is { } refusal
            ? ApiProblem.From(refusal)
            : await ShowAsync(http, registration.Name, grains, StatusCodes.Status201Created, cancellationToken);
    }

    private static async Task<IResult> ReplaceAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (registration, problem) = await body.JsonAsync<AgentRequest, AgentRegistration>(
            http.Request,
            (request, check) =>
            {
                check.Name(name, request.Name);
                return request.Registration(name, check);
            },
            cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var present = await grains.Agent(name).GetAsync(cancellationToken);
        return await new Versioned(http, "agent", name, present?.Version).PutAsync(
            async expected => (await grains.Agent(name).RegisterAsync(registration!, expected, cancellationToken)).Refusal,
            status => ShowAsync(http, name, grains, status, cancellationToken));
    }

    private static async Task<IResult> GetAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        PlanNames.IsName(name) ? await ShowAsync(http, name, grains, StatusCodes.Status200OK, cancellationToken) : Unknown(name);

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync("agents", () => grains.AgentDirectory().ListAsync(cancellationToken), agent => agent.Name, AgentSummaryResponse.Of);

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PlanNames.IsName(name) || await grains.Agent(name).GetAsync(cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        return await new Versioned(http, "agent", name, present.Version).RemoveAsync(async _ => (await grains.Agent(name).RemoveAsync(cancellationToken)).Refusal);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken) =>
        await grains.Agent(name).GetAsync(cancellationToken) is { } view ? Show(http, view, status) : Unknown(name);

    private static IResult Show(HttpContext http, AgentView view, int status) =>
        new Versioned(http, "agent", view.Registration.Name, view.Version).Show(AgentResponse.Of(view), status, live: true);

    /// <summary>Registrations hold arrays, which compare by place and not by content; as JSON they compare by content.</summary>
    private static bool Same(AgentRegistration one, AgentRegistration other) =>
        JsonSerializer.Serialize(one, ApiJson.Responses) == JsonSerializer.Serialize(other, ApiJson.Responses);

    private static ApiProblem Unknown(string name) => ApiProblem.Of("agent.not_found", $"There is no agent '{RequestCheck.Shown(name)}'.");
}
