using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Workflows;

/// <summary><c>POST /api/v1/workflows</c>.</summary>
internal static class WorkflowStart
{
    private const string Route = "POST /api/v1/workflows";
    private const int CallbackLengthMax = 2_048;

    public static void MapWorkflowStart(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/workflows", StartAsync)
            .WithName("startWorkflow")
            .WithSummary("Start a workflow")
            .WithDescription("Accepted means kept: after a 2xx the workflow survives any crash of ours. With `Prefer: wait=n` the answer "
                + "waits up to n (30) seconds for the end. "
                + "With an `Idempotency-Key`, or an `id` of your choice, the request is safe to repeat. The body may also be a plan by "
                + "itself, as `application/yaml`; "
                + "the query parameters `id`, `priority`, `callbackUrl` and `tag` (`key:value`) then stand in for the members. "
                + "With a `signal` the workflow of that `id` is told it, and is started with it where there is none yet, both at once; the `Idempotency-Key` then names the signal.")
            .Accepts<StartWorkflowRequest>("application/json", "application/yaml")
            .Example("""{"plan": {"id": "greet", "steps": [{"id": "hello", "action": "echo", "input": {"text": "${{ input.name }}"}}]}, "input": {"name": "Ana"}, "priority": 3, "tags": {"team": "docs"}}""")
            .Produces<WorkflowAcceptedResponse>(StatusCodes.Status202Accepted)
            .Produces<WorkflowResponse>()
            .Idempotent()
            .StartsWork()
            .Prefers()
            .Fails("plan.not_found", "template.not_found", "workflow.exists", "idempotency.key_reused", "plan.invalid", "input.invalid", "workflow.finished", "signal.too_many", "blob.unknown", "blob.invalid", "storage.full");

    private static async Task<IResult> StartAsync(
        HttpContext http,
        RequestBody body,
        PlanChoice plans,
        WorkflowStarting starting,
        [FromQuery(Name = "id")] string? queryId,
        [FromQuery(Name = "priority")] string? queryPriority,
        [FromQuery(Name = "callbackUrl")] string? queryCallback,
        [FromQuery(Name = "tag")] string[]? queryTags,
        CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var check = new RequestCheck();
        StartWorkflowRequest request;
        ChosenPlan plan;
        string fingerprint;
        if (RequestBody.IsYaml(http.Request))
        {
            var (utf8, problem) = await body.BytesAsync(http.Request, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            request = new(
                Priority: queryPriority is null ? null : JsonSerializer.SerializeToElement(queryPriority),
                CallbackUrl: queryCallback, Tags: TagText.Read(queryTags, "tag", check), Id: queryId);
            plan = plans.FromText(utf8, pointer: "");
            fingerprint = CanonicalJson.Fingerprint(Route + http.Request.QueryString, utf8.Span);
        }
        else
        {
            var read = await body.JsonAsync<StartWorkflowRequest>(http.Request, optional: false, cancellationToken);
            if (read.Problem is not null)
            {
                return read.Problem;
            }

            foreach (var name in http.Request.Query.Keys)
            {
                check.Parameter(name, $"'{name}' is a member of the body here; as a query parameter it goes with a body of application/yaml.");
            }

            request = read.Value!;
            plan = await plans.ChooseAsync(request, read.Utf8, check, cancellationToken);
            fingerprint = read.Fingerprint(Route);
        }

        var priority = PriorityText.Read(request.Priority, check);
        var id = check.Id("/id", request.Id);
        CheckCallback(request.CallbackUrl, check);
        TagText.Check(request.Tags, check);
        CheckSignal(request, check);
        if ((check.Problem ?? plan.Problem) is { } wrong)
        {
            return wrong;
        }

        var start = new StartWorkflow(
            plan.Plan!,
            request.Input ?? Payload.EmptyObject,
            priority,
            request.Tags ?? ImmutableSortedDictionary<string, string>.Empty,
            fingerprint,
            key is null ? null : "workflows:start:" + key,
            PlanName: plan.Name,
            PlanVersion: plan.Version,
            CallbackUrl: request.CallbackUrl,
            TraceParent: TraceContext.TraceParentOf(http));
        return request.Signal is { } signal
            ? await starting.SignalAsync(http, start, id!.Value, signal.Name, signal.Content ?? Payload.Null, key, cancellationToken)
            : await starting.StartAsync(http, start, id, cancellationToken);
    }

    private static void CheckSignal(StartWorkflowRequest request, RequestCheck check)
    {
        if (request.Signal is { } signal)
        {
            if (WorkflowCommands.SignalNameProblem(signal.Name) is { } problem)
            {
                check.Member("/signal/name", problem);
            }

            if (request.Id is null)
            {
                check.Member("/id", "A signal is for the workflow of an 'id', whether it is there already or not.");
            }
        }
    }

    internal static void CheckCallback(string? callback, RequestCheck check, string pointer = "/callbackUrl")
    {
        if (callback is null)
        {
            return;
        }

        if (callback.Length > CallbackLengthMax || !Uri.TryCreate(callback, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Host.Length == 0)
        {
            check.Member(pointer, $"A callback is an absolute http or https address without user info, at most {CallbackLengthMax} characters long.");
        }
    }
}
