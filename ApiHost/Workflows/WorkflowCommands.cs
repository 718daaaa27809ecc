using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>What one can tell a workflow to do.</summary>
internal static class WorkflowCommands
{
    private const int ReasonLengthMax = 1_000;
    private const int StepsMax = 1_000;
    private const int SignalNameLengthMax = 128;

    private delegate Task<CommandReply> Command(IWorkflowGrain workflow, CommandContext context, CancellationToken cancellationToken);

    public static void MapWorkflowCommands(this IEndpointRouteBuilder routes)
    {
        Simple("cancel", "Cancel a workflow", "Nothing new starts, what is out is told to stop, and an answer that comes all the same is "
            + "kept as late. A second cancel changes nothing.",
            (workflow, context, cancellationToken) => workflow.CancelAsync(context, cancellationToken));
        Simple("pause", "Pause a workflow", "What is out may finish; nothing new starts until it is resumed. A second pause changes nothing.",
            (workflow, context, cancellationToken) => workflow.PauseAsync(context, cancellationToken));
        Simple("resume", "Resume a workflow", "Goes on where the pause stopped it. A second resume changes nothing.",
            (workflow, context, cancellationToken) => workflow.ResumeAsync(context, cancellationToken));

        routes.MapPost("/workflows/{id}/retry", RetryAsync)
            .WithName("retryWorkflow")
            .WithSummary("Try failed steps again")
            .WithDescription("In an unfinished workflow: steps that rest before their next attempt are tried now, as a new generation "
                + "(200); a step that does not rest is left alone. A finished workflow never changes: a new workflow, linked to it, "
                + "takes over what had completed and does the rest (202 and its Location). One `Idempotency-Key`, one new workflow.")
            .Accepts<RetryRequest>("application/json")
            .Example("""{"steps": ["quiz"], "reason": "the model is back"}""")
            .Produces<CommandResponse>()
            .Produces<WorkflowAcceptedResponse>(StatusCodes.Status202Accepted)
            .Idempotent()
            .Prefers()
            .Fails("workflow.not_found", "step.not_found", "workflow.not_failed", "idempotency.key_reused", "blob.unknown", "storage.full");

        routes.MapPost("/workflows/{id}/rerun", RerunAsync)
            .WithName("rerunWorkflow")
            .WithSummary("Run a workflow's plan again")
            .WithDescription("From the beginning, in a new workflow that is linked to this one, with its input or another.")
            .Accepts<RerunRequest>("application/json")
            .Example("""{"input": {"name": "Ben"}}""")
            .Produces<WorkflowAcceptedResponse>(StatusCodes.Status202Accepted)
            .Produces<WorkflowResponse>()
            .Idempotent()
            .Prefers()
            .Fails("workflow.not_found", "workflow.exists", "idempotency.key_reused", "input.invalid", "blob.unknown", "blob.invalid", "storage.full");

        routes.MapPost("/workflows/{id}/fork", ForkAsync)
            .WithName("forkWorkflow")
            .WithSummary("Do part of a workflow again")
            .WithDescription("A new workflow, linked to this one, takes over what had completed before `fromStep` and does that step and "
                + "everything that depends on it again, with other input if you give any. This one stays as it is.")
            .Accepts<ForkRequest>("application/json")
            .Example("""{"fromStep": "quiz", "input": {"questions": 5}}""")
            .Produces<WorkflowAcceptedResponse>(StatusCodes.Status202Accepted)
            .Produces<WorkflowResponse>()
            .Idempotent()
            .Prefers()
            .Fails("workflow.not_found", "step.not_found", "workflow.exists", "idempotency.key_reused", "input.invalid", "blob.unknown", "blob.invalid", "storage.full");

        routes.MapPost("/workflows/{id}/signals/{name}", SignalAsync)
            .WithName("signalWorkflow")
            .WithSummary("Hand a message to a workflow")
            .WithDescription("The body, any JSON value, is kept until a step asks for a signal of this name. One `Idempotency-Key`, one "
                + "signal; without a key every request is a new one.")
            .Accepts<JsonElement>("application/json")
            .Example("""{"paid": true}""")
            .Produces<CommandResponse>(StatusCodes.Status202Accepted)
            .Idempotent()
            .Fails("workflow.not_found", "workflow.finished", "signal.too_many", "blob.unknown", "blob.invalid", "storage.full");

        void Simple(string verb, string summary, string description, Command command) =>
            routes.MapPost("/workflows/{id}/" + verb, (HttpContext http, string id, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken) =>
                    CommandAsync(http, id, body, grains, command, cancellationToken))
                .WithName(verb + "Workflow")
                .WithSummary(summary)
                .WithDescription(description)
                .Accepts<CommandRequest>("application/json")
                .Example("""{"reason": "the input was wrong"}""")
                .Produces<CommandResponse>()
                .Idempotent()
                .Fails("workflow.not_found", "workflow.finished", "workflow.compensating", "storage.full");
    }

    public static IResult Answer(HttpContext http, WorkflowId id, CommandReply reply, int status = StatusCodes.Status200OK)
    {
        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        http.Response.Headers.ETag = EntityTag.Of(reply.Version);
        return Results.Json(new CommandResponse(id.Value, reply.Status, reply.Version), ApiJson.Responses, statusCode: status);
    }

    public static void CheckReason(string? reason, RequestCheck check)
    {
        if (reason?.Length > ReasonLengthMax)
        {
            check.Member("/reason", FormattableString.Invariant($"A reason has at most {ReasonLengthMax} characters, found {reason.Length}."));
        }
    }

    private static async Task<IResult> CommandAsync(HttpContext http, string id, RequestBody body, IGrainFactory grains, Command command, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        var read = await body.JsonAsync<CommandRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        CheckReason(read.Value?.Reason, check);
        return (read.Problem ?? check.Problem) is { } problem
            ? problem
            : Answer(http, workflow, await command(grains.Workflow(workflow), new(Caller.Of(http), read.Value?.Reason), cancellationToken));
    }

    private static async Task<IResult> RetryAsync(
        HttpContext http, string id, RequestBody body, IGrainFactory grains, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var read = await body.JsonAsync<RetryRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        CheckReason(read.Value?.Reason, check);
        var steps = read.Value?.Steps ?? [];
        if (steps.Length > StepsMax)
        {
            check.Member("/steps", FormattableString.Invariant($"At most {StepsMax} steps are named, found {steps.Length}; none means all that have failed."));
        }

        var chosen = check.Id("/id", read.Value?.Id);
        if ((read.Problem ?? check.Problem) is { } problem)
        {
            return problem;
        }

        var reply = await grains.Workflow(workflow).RetryAsync(
            new(new(Caller.Of(http), read.Value?.Reason), [.. steps.Select(step => new StepPath(step))]), cancellationToken);
        return reply.Refusal is not { Code: "workflow.finished" }
            ? Answer(http, workflow, reply)
            : await starting.ContinueAsync(
                http,
                workflow,
                new SuccessorRequest(OriginKind.Retry),
                chosen,
                Scoped(key, workflow, "retry"),
                read.Fingerprint($"POST /api/v1/workflows/{id}/retry"),
                cancellationToken);
    }

    private static async Task<IResult> RerunAsync(HttpContext http, string id, RequestBody body, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<RerunRequest>(http.Request, optional: true, cancellationToken);
        return read.Problem ?? await SucceedAsync(
            http, id, starting, "rerun", new SuccessorRequest(OriginKind.Rerun, Input: read.Value?.Input), read.Value?.Id, read.Fingerprint($"POST /api/v1/workflows/{id}/rerun"), cancellationToken);
    }

    private static async Task<IResult> ForkAsync(HttpContext http, string id, RequestBody body, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<ForkRequest>(http.Request, optional: false, cancellationToken);
        return read.Problem ?? await SucceedAsync(
            http, id, starting, "fork", new SuccessorRequest(OriginKind.Fork, read.Value!.FromStep, read.Value.Input, read.Value.StepInput), read.Value.Id, read.Fingerprint($"POST /api/v1/workflows/{id}/fork"), cancellationToken);
    }

    private static async Task<IResult> SucceedAsync(
        HttpContext http, string id, WorkflowStarting starting, string verb, SuccessorRequest request, string? chosenId, string fingerprint, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        var check = new RequestCheck();
        var chosen = check.Id("/id", chosenId);
        return !IdempotencyKey.TryRead(http.Request, out var key, out var refused) ? refused!
            : check.Problem is { } problem ? problem
            : await starting.ContinueAsync(http, workflow, request, chosen, Scoped(key, workflow, verb), fingerprint, cancellationToken);
    }

    private static async Task<IResult> SignalAsync(
        HttpContext http, string id, string name, RequestBody body, IGrainFactory grains, WorkflowIdSource ids, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var check = new RequestCheck();
        if (SignalNameProblem(name) is { } unnamed)
        {
            check.Parameter("name", unnamed);
        }

        var (content, unreadable) = await body.PayloadAsync(http.Request, cancellationToken);
        return (unreadable ?? check.Problem) is { } problem
            ? problem
            : Answer(
                http,
                workflow,
                await grains.Workflow(workflow).SignalAsync(new(key ?? ids.Next().Value, name, content), cancellationToken),
                StatusCodes.Status202Accepted);
    }

    internal static string? SignalNameProblem(string name) => name.Length is >= 1 and <= SignalNameLengthMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        ? null
        : $"A signal's name has 1 to {SignalNameLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(name)}'.";

    private static string? Scoped(string? key, WorkflowId workflow, string verb) => key is null ? null : $"workflows:{verb}:{workflow.Value}:{key}";
}
