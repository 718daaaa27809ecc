using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.DeadLetters;

/// <summary>A step that failed for good.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Quarantined">It brought our process down too often.</param>
/// <param name="RedrivenAs">The workflow that did it again.</param>
/// <param name="Self">Its address, with the id percent-encoded.</param>
internal sealed record DeadLetterResponse(
    string Id, string Workflow, string Step, string? Agent, string? Action, FailureResponse Error, int Attempts, bool Quarantined, DateTimeOffset At, string? RedrivenAs, string Self)
{
    public static DeadLetterResponse Of(DeadLetter letter) => new(
        letter.Id, letter.Workflow.Value, letter.Step.Value, letter.Agent, letter.Action, FailureResponse.Of(letter.Failure)!, letter.Attempts, letter.Quarantined, letter.At,
        letter.RedrivenAs?.Value, "/api/v1/deadletters/" + Uri.EscapeDataString(letter.Id));
}

/// <summary>Work that failed for good, kept so that a person can have it done again.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deadletters", ListAsync)
            .WithName("listDeadLetters")
            .WithSummary("List dead letters, newest first")
            .Produces<Page<DeadLetterResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/deadletters/{id}", async (string id, IGrainFactory grains, CancellationToken cancellationToken) =>
                await FindAsync(id, grains, cancellationToken) is { } letter ? Results.Json(DeadLetterResponse.Of(letter), ApiJson.Responses) : Unknown(id))
            .WithName("getDeadLetter")
            .WithSummary("Read a dead letter")
            .WithDescription("`id` is percent-encoded; the list has the whole address.")
            .Produces<DeadLetterResponse>()
            .Fails("deadletter.not_found");

        routes.MapPost("/deadletters/{id}/redrive", RedriveAsync)
            .WithName("redriveDeadLetter")
            .WithSummary("Have a dead letter's work done again")
            .WithDescription("Starts a new workflow, linked to the failed one, that takes over what had completed and does the rest. One "
                + "dead letter, one workflow: asked again, it answers with the same one "
                + "(`Idempotency-Replayed: true`), with or without an `Idempotency-Key`.")
            .Produces<WorkflowAcceptedResponse>(StatusCodes.Status202Accepted)
            .Produces<WorkflowResponse>()
            .Idempotent()
            .Prefers()
            .Fails("deadletter.not_found", "workflow.not_found", "workflow.not_failed", "storage.full");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        IGrainFactory grains,
        Cursor cursors,
        [FromQuery(Name = "limit")] string? limit,
        [FromQuery(Name = "cursor")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(cursors, "deadletters", "dead letters", limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        var letters = await grains.WorkflowIndex().DeadLettersAsync(page.After, page.Size + 1, cancellationToken);
        var next = letters.Length > page.Size ? cursors.Write("deadletters", letters[page.Size - 1].Id) : null;
        http.LinkNext(next);
        return Results.Json(new Page<DeadLetterResponse>([.. letters.Take(page.Size).Select(DeadLetterResponse.Of)], next), ApiJson.Responses);
    }

    private static async Task<IResult> RedriveAsync(HttpContext http, string id, IGrainFactory grains, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out _, out var refused))
        {
            return refused!;
        }

        if (await FindAsync(id, grains, cancellationToken) is not { } letter)
        {
            return Unknown(id);
        }

        if (letter.RedrivenAs is { } known && await grains.Workflow(known).GetAsync(cancellationToken) is { } earlier)
        {
            return await starting.AnswerAsync(http, new StartReply(known, earlier.CreatedAt, Replayed: true), cancellationToken);
        }

        // The letter's own id is the key, so that two people who press the button at once start one workflow.
        var key = "deadletters:redrive:" + letter.Id;
        var (start, problem) = await starting.SuccessorAsync(letter.Workflow, new SuccessorRequest(OriginKind.Retry), key, CanonicalJson.Fingerprint(key), http, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var reply = await starting.TakeOnAsync(start!, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        await grains.WorkflowIndex().MarkRedrivenAsync(letter.Workflow, letter.Step, reply.Id, cancellationToken);
        return await starting.AnswerAsync(http, reply, cancellationToken);
    }

    private static async ValueTask<DeadLetter?> FindAsync(string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        PathSegment.Decode(id).Split(':', 2) is [var workflowText, { Length: > 0 } step] && WorkflowId.TryParse(workflowText, out var workflow)
            ? await grains.WorkflowIndex().FindDeadLetterAsync(workflow, new StepPath(step), cancellationToken)
            : null;

    private static ApiProblem Unknown(string id) => ApiProblem.Of("deadletter.not_found", $"There is no dead letter '{RequestCheck.Shown(id)}'.");
}
