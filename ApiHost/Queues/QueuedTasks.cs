using System.Diagnostics;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.SiloHosting.Queues;
using Orchestrator.Vocabulary.Queues;

namespace Orchestrator.ApiHost.Queues;

/// <summary>Takes on tasks that a message queue brings, as <c>POST /orchestrate</c> would: the same body, the same rules, the same refusals.</summary>
internal sealed partial class QueuedTasks(RequestBody body, TaskStart tasks, TaskMeter meter, TimeProvider clock, ILogger<QueuedTasks> logger) : ITaskDoor
{
    private const int ReasonLengthMax = 1_000;

    public async Task<QueueVerdict> TakeAsync(QueuedTask task)
    {
        var started = clock.GetTimestamp();
        var problem = await ProblemOfAsync(task);
        meter.Count("task", problem?.Kind.Code, clock.GetElapsedTime(started));
        return problem is null ? QueueVerdict.Accepted
            : new QueueVerdict(MayPass(problem, task) ? QueueVerdictKind.Later : QueueVerdictKind.Never, problem.Kind.Code, RequestCheck.Shown(problem.Detail, ReasonLengthMax));
    }

    private async Task<ApiProblem?> ProblemOfAsync(QueuedTask task)
    {
        if (task.Key is not null && !IdempotencyKey.IsUsable(task.Key))
        {
            return IdempotencyKey.Unusable with { Detail = "A message id is printable ASCII of at most 240 characters; what was found is not." };
        }

        var read = body.Json<OrchestrateRequest>(task.Body);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        if (read.Value is not { Pattern: not null, Content: null })
        {
            var check = new RequestCheck();
            check.Member("/pattern", "A task from a message queue has a pattern and no content.");
            return check.Problem;
        }

        try
        {
            var trace = ActivityContext.TryParse(task.TraceParent, null, out _) ? task.TraceParent : null;

            // What was begun is not given up halfway: the queue gives what is under way its time.
            var (_, _, problem) = await tasks.TakeOnAsync(read.Value, read.Fingerprint(TaskStart.Route), task.Key, trace, CancellationToken.None);
            return problem;
        }
        catch (Exception failure)
        {
            LogFailed(failure);
            return FaultProblems.Of(failure);
        }
    }

    // A fault of ours may be the moment's or the message's. The second time it is taken for the message's, or it would come for ever.
    private static bool MayPass(ApiProblem problem, QueuedTask task) => problem.Kind.Retryable || (problem.Kind.Code == "server.fault" && !task.Redelivered);

    [LoggerMessage(EventId = 5011, EventName = "QueuedTaskFailed", Level = LogLevel.Warning, Message = "A task from the message queue could not be taken on")]
    private partial void LogFailed(Exception failure);
}
