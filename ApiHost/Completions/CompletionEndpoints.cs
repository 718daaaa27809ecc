using Microsoft.AspNetCore.Http.Features;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Completions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.ApiHost.Completions;

/// <summary>Where agents answer that had answered 202. The token is all they need to show.</summary>
internal static class CompletionEndpoints
{
    private const string CompletionsPath = "/api/v1/completions/";

    public static void MapCompletions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/completions/{token}", CompleteAsync)
            .WithName("completeAttempt")
            .WithSummary("Complete an attempt that was answered 202")
            .WithDescription("With its `output`, or with the `error` for which there is none, and the `usage` of language models where there was any. The first completion decides the attempt. The same again, "
                + "in whatever order its members come, is answered as the first time; another one is refused, and so is one that comes after the deadline or after the "
                + "attempt was decided. When the answer is 200, the outcome survives any crash.")
            .Accepts<CompletionRequest>("application/json")
            .Example("""{"output": {"pages": 12}}""")
            .Produces<CompletionResponse>()
            .Fails("completion.not_found", "completion.conflict", "completion.gone", "completion.too_large", "blob.unknown", "blob.invalid", "storage.full");

        routes.MapPost("/completions/{token}/heartbeat", HeartbeatAsync)
            .WithName("heartbeatAttempt")
            .WithSummary("Say that an attempt is still being worked on")
            .WithDescription("The deadline moves to one timeout of the step from now; the answer says when that is. What is said of the progress stands with the step, "
                + "and `completion.gone` says that nobody waits any more: the agent may stop. Heartbeats that follow each other within 5 s, or within a tenth of a shorter "
                + "timeout, add nothing.")
            .Accepts<HeartbeatRequest>("application/json")
            .Example("""{"progress": 0.4, "message": "page 12 of 30"}""")
            .Produces<CompletionResponse>()
            .Fails("completion.not_found", "completion.gone", "storage.full");
    }

    private static async Task<IResult> CompleteAsync(HttpContext http, string token, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        HideToken(http);
        var read = await body.JsonAsync<CompletionRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is { } unreadable)
        {
            return unreadable;
        }

        // An output of null is an output, so what counts is whether the member is there.
        var check = new RequestCheck();
        var hasOutput = read.Root.TryGetProperty("output", out _);
        var failure = read.Value!.Error?.Failure(check);
        var usage = read.Value.Usage?.Read(check);
        if (hasOutput == (failure is not null))
        {
            check.Member("", "A completion has either 'output' or 'error', found " + (hasOutput ? "both." : "neither."));
        }

        return check.Problem ?? Answer(await grains.Completions().CompleteAsync(
            token, new Completion(read.Value.Output ?? Payload.Null, failure, read.Fingerprint("completion"), usage), cancellationToken));
    }

    private static async Task<IResult> HeartbeatAsync(HttpContext http, string token, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        HideToken(http);
        var read = await body.JsonAsync<HeartbeatRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        var heartbeat = (read.Value ?? new HeartbeatRequest()).Read(check);
        return read.Problem ?? check.Problem ?? Answer(await grains.Completions().HeartbeatAsync(token, heartbeat, cancellationToken));
    }

    // The server's own span names the path, and whoever reads traces could then complete attempts.
    private static void HideToken(HttpContext http) => http.Features.Get<IHttpActivityFeature>()?.Activity.SetTag("url.path", CompletionsPath + "{token}");

    private static IResult Answer(CompletionReply reply) => reply.Refusal is { } refusal
        ? ApiProblem.From(refusal)
        : Results.Json(new CompletionResponse(reply.Workflow!.Value.Value, reply.Step.Value, reply.Attempt, reply.Deadline), ApiJson.Responses);
}
