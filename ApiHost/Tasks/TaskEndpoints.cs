using System.Collections.Immutable;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Orchestration;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>The S2 API as its clients know it: thin words for workflows of one step.</summary>
internal static class TaskEndpoints
{
    private const int TasksMax = 1_000;
    private const int ReadsAtOnce = 64;

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orchestrate", OrchestrateAsync)
            .WithName("orchestrate")
            .WithSummary("Give the orchestrator a task, or a request in words")
            .WithDescription("With a `pattern`: a task. Accepted means kept: after the 202 the task survives any crash of ours. Its agent has been chosen by then and is named in the answer. Poll `GET /status/{task_id}` "
                + "once per second until `completed` or `failed`, or send `Prefer: wait=n` to be answered 200 with the ended task if it ends within n (30) seconds. With an `Idempotency-Key` the request is safe to repeat. "
                + "With `content`: a request in words. It is answered 200 when it has ended, whether it went well (`success`) or not; `Prefer: respond-async` answers 202 at once, and `GET /api/v1/requests/{id}` has the answer later.")
            .Accepts<OrchestrateRequest>("application/json")
            .Example("""{"pattern": "generate_assessment", "payload": {"text": "Plants make sugar from light. Roots take up water."}, "priority": 3, "metadata": {"source": "web_app"}, "timeout": 120}""")
            .Produces<TaskAcceptedResponse>(StatusCodes.Status202Accepted)
            .Produces<RequestOutcomeResponse>()
            .Idempotent()
            .StartsWork()
            .Prefers()
            .Fails("pattern.unknown", "idempotency.key_reused", "agent.queue_full", "agent.rate_limited", "agent.unavailable", "agent.disabled", "request.no_agent", "workflow.exists", "blob.unknown", "blob.invalid", "storage.full");

        routes.MapGet("/status/{taskId}", StatusAsync)
            .WithName("getTaskStatus")
            .WithSummary("Read a task")
            .Produces<TaskStatusResponse>()
            .Fails("task.not_found");

        routes.MapPost("/aggregate", AggregateAsync)
            .WithName("aggregateTasks")
            .WithSummary("Read what became of several tasks")
            .WithDescription("Answers with what there is: tasks that failed, or that nobody knows, are among `errors` and fail nothing; those that have not ended are in neither list.")
            .Accepts<AggregateRequest>("application/json")
            .Example("""{"task_ids": ["0192f0c8-0000-7000-8000-000000000000"]}""")
            .Produces<AggregateResponse>();
    }

    private static async Task<IResult> OrchestrateAsync(HttpContext http, RequestBody body, TaskStart tasks, RequestStart requests, TaskMeter meter, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var (kind, result) = await TakeAsync(http, body, tasks, requests, cancellationToken);
        meter.Count(kind, (result as ApiProblem)?.Kind.Code, clock.GetElapsedTime(started));
        return result;
    }

    private static async Task<(string Kind, IResult Result)> TakeAsync(HttpContext http, RequestBody body, TaskStart tasks, RequestStart requests, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return ("unknown", refused!);
        }

        var read = await body.JsonAsync<OrchestrateRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return ("unknown", read.Problem);
        }

        if (read.Value!.Pattern is null == read.Value.Content is null)
        {
            var check = new RequestCheck();
            check.Member("/pattern", "A task has a pattern, a request in words has content; found " + (read.Value.Pattern is null ? "neither." : "both."));
            return ("unknown", check.Problem!);
        }

        return read.Value.Content is not null
            ? ("request", await requests.StartAsync(http, read.Value, read.Fingerprint(TaskStart.Route), key, cancellationToken))
            : ("task", await tasks.StartAsync(http, read.Value, read.Fingerprint(TaskStart.Route), key, cancellationToken));
    }

    private static async Task<IResult> StatusAsync(string taskId, IGrainFactory grains, CancellationToken cancellationToken) =>
        TaskIds.Read(taskId) is { } id && await grains.Workflow(id).GetAsync(cancellationToken) is { } view
            ? Results.Json(TaskStatusResponse.Of(view), ApiJson.Responses)
            : ApiProblem.Of("task.not_found", Unknown(taskId));

    private static async Task<IResult> AggregateAsync(HttpContext http, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<AggregateRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var ids = read.Value!.TaskIds.IsDefault ? [] : read.Value.TaskIds;
        if (ids.Length is 0 or > TasksMax || ids.Any(id => id is null) || ids.Distinct(StringComparer.Ordinal).Count() < ids.Length)
        {
            var check = new RequestCheck();
            check.Member("/task_ids", FormattableString.Invariant($"There are 1 to {TasksMax:N0} task ids, each once, found {ids.Length:N0}."));
            return check.Problem!;
        }

        return Results.Json(Aggregate(await ReadAsync(ids, grains, cancellationToken)), ApiJson.Responses);
    }

    private static async Task<List<(string Id, TaskStatusResponse? Task)>> ReadAsync(ImmutableArray<string> ids, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var tasks = new List<(string, TaskStatusResponse?)>(ids.Length);
        foreach (var some in ids.Chunk(ReadsAtOnce))
        {
            var views = await Task.WhenAll(some.Select(id => TaskIds.Read(id) is { } known ? grains.Workflow(known).GetAsync(cancellationToken) : Task.FromResult<WorkflowView?>(null)));
            tasks.AddRange(some.Zip(views, (id, view) => (id, view is null ? null : TaskStatusResponse.Of(view))));
        }

        return tasks;
    }

    private static AggregateResponse Aggregate(List<(string Id, TaskStatusResponse? Task)> tasks)
    {
        ImmutableArray<TaskResult> results =
            [.. tasks.Where(task => task.Task?.Status == TaskStatusResponse.Completed).Select(task => new TaskResult(task.Task!.TaskId, task.Task.Agent, task.Task.Result, task.Task.ExecutionTime))];
        ImmutableArray<TaskError> errors =
        [
            .. tasks.Where(task => task.Task is null || task.Task.Status == TaskStatusResponse.Failed)
                .Select(task => new TaskError(task.Task?.TaskId ?? RequestCheck.Shown(task.Id, 128), task.Task?.Agent, task.Task?.Error ?? Unknown(task.Id))),
        ];
        return new(tasks.Count, results.Length, errors.Length, results, errors);
    }

    private static string Unknown(string id) => $"Unknown task '{RequestCheck.Shown(id, 128)}'";
}
