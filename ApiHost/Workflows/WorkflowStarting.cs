using System.Globalization;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Starts workflows for every route that does, so that all of them answer alike.</summary>
internal sealed class WorkflowStarting(IGrainFactory grains, WorkflowIdSource ids, WorkflowWait wait)
{
    private const string PollAfterSeconds = "1";

    /// <summary>Answers 202 with the place to look, or 200 with the finished workflow where the caller was willing to wait and it ended in time.</summary>
    public async Task<IResult> StartAsync(HttpContext http, StartWorkflow start, WorkflowId? chosen, CancellationToken cancellationToken)
    {
        var reply = await TakeOnAsync(start, cancellationToken, chosen);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : await AnswerAsync(http, reply, cancellationToken);
    }

    /// <summary>Tells the workflow, and starts it where there is none. The same key is the same message.</summary>
    public async Task<IResult> SignalAsync(HttpContext http, StartWorkflow start, WorkflowId workflow, string name, Payload content, string? key, CancellationToken cancellationToken)
    {
        var reply = await grains.Workflow(workflow).SignalWithStartAsync(start, new SendSignal(key ?? ids.Next().Value, name, content), cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : await AnswerAsync(http, reply, cancellationToken);
    }

    public Task<StartReply> TakeOnAsync(StartWorkflow start, CancellationToken cancellationToken, WorkflowId? chosen = null) =>
        grains.Workflow(chosen ?? ids.Next()).StartAsync(start, cancellationToken);

    /// <summary>Starts the workflow that continues another one.</summary>
    /// <param name="key">Names the request among those that may be repeated; null for one that may not.</param>
    public async Task<IResult> ContinueAsync(
        HttpContext http, WorkflowId from, SuccessorRequest request, WorkflowId? chosen, string? key, string fingerprint, CancellationToken cancellationToken)
    {
        var (start, problem) = await SuccessorAsync(from, request, key, fingerprint, http, cancellationToken);
        return problem is not null ? problem : await StartAsync(http, start!, chosen, cancellationToken);
    }

    public async Task<(StartWorkflow? Start, ApiProblem? Problem)> SuccessorAsync(
        WorkflowId from, SuccessorRequest request, string? key, string fingerprint, HttpContext http, CancellationToken cancellationToken)
    {
        var successor = await grains.Workflow(from).PlanSuccessorAsync(request, cancellationToken);
        return successor.Refusal is { } refusal
            ? (null, ApiProblem.From(refusal))
            : (successor.Start! with { IdempotencyKey = key, Fingerprint = fingerprint, TraceParent = Observing.TraceContext.TraceParentOf(http) }, null);
    }

    public async Task<IResult> AnswerAsync(HttpContext http, StartReply reply, CancellationToken cancellationToken)
    {
        if (reply.Replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }

        http.Response.Headers.Location = WorkflowLinks.SelfOf(reply.Id);
        var preference = Preference.Read(http.Request);
        preference.Apply(http.Response);
        if (preference.Wait is { } patience)
        {
            await wait.UntilEndAsync(reply.Id, after: 0, patience, cancellationToken);
            if (await grains.Workflow(reply.Id).GetAsync(cancellationToken) is { } view && view.Status.IsFinal())
            {
                http.Response.Headers.ETag = EntityTag.Of(view.Version);
                return Results.Json(WorkflowResponse.Of(view), ApiJson.Responses);
            }
        }

        // A repeated request gets the answer of the first one, letter by letter: the workflow as it was when it was taken on. Only the workflow
        // itself knows when that was; the reply tells when it was asked again.
        var createdAt = reply.Replayed && await grains.Workflow(reply.Id).GetAsync(cancellationToken) is { } first ? first.CreatedAt : reply.CreatedAt;
        http.Response.Headers.RetryAfter = PollAfterSeconds;
        return Results.Json(
            new WorkflowAcceptedResponse(reply.Id.Value, WorkflowStatus.Queued, createdAt, WorkflowLinks.Of(reply.Id)),
            ApiJson.Responses,
            statusCode: StatusCodes.Status202Accepted);
    }
}
