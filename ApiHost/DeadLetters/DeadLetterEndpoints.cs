using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
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

/// <summary>Which dead letters to have done again: those named, or those selected.</summary>
/// <param name="Ids">At most 200; without any, <paramref name="Filter"/> selects.</param>
/// <param name="Filter">Those whose work was done again already are never selected.</param>
/// <param name="Limit">At most so many of the selected, newest first: 1 to 200; 100 without one.</param>
internal sealed record RedriveRequest(ImmutableArray<string>? Ids = null, DeadLetterFilterRequest? Filter = null, int Limit = 100);

/// <param name="Code">Exactly this failure code, such as <c>agent.unreachable</c>.</param>
/// <param name="After">Not older than this.</param>
/// <param name="Before">Older than this.</param>
internal sealed record DeadLetterFilterRequest(string? Agent = null, string? Code = null, DateTimeOffset? After = null, DateTimeOffset? Before = null);

/// <param name="Redriven">Which workflow does the work of which dead letter.</param>
/// <param name="Failed">Those for which none could be started, and why.</param>
/// <param name="More">More are selected than the limit allowed: ask again.</param>
internal sealed record RedriveResponse(ImmutableArray<RedrivenLetter> Redriven, ImmutableArray<LetterNotRedriven> Failed, bool More);

internal sealed record RedrivenLetter(string Id, string Workflow);

internal sealed record LetterNotRedriven(string Id, string Code, string Detail);

/// <summary>Work that failed for good, kept so that a person can have it done again.</summary>
internal static class DeadLetterEndpoints
{
    private const int RedrivesMax = 200;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deadletters", ListAsync)
            .WithName("listDeadLetters")
            .WithSummary("List dead letters, newest first")
            .WithDescription("`agent`, `code`, `redriven` (true or false), `after` and `before` select; all that are given must hold.")
            .Produces<Page<DeadLetterResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/deadletters/{id}", async (string id, IGrainFactory grains, CancellationToken cancellationToken) =>
                await FindAsync(PathSegment.Decode(id), grains, cancellationToken) is { } letter ? Results.Json(DeadLetterResponse.Of(letter), ApiJson.Responses) : Unknown(id))
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

        routes.MapPost("/deadletters/redrive", RedriveManyAsync)
            .WithName("redriveDeadLetters")
            .WithSummary("Have the work of many dead letters done again")
            .WithDescription("Of those named, or of those selected and not done again yet, newest first. Each as if asked for alone: one that fails does not stop the others, and "
                + "asking twice starts nothing twice. `more` tells that further ones are selected.")
            .Accepts<RedriveRequest>("application/json")
            .Example("""{"filter": {"agent": "summarizer", "code": "agent.unreachable"}, "limit": 100}""")
            .Produces<RedriveResponse>()
            .Idempotent();
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] PageQuery page,
        IGrainFactory grains,
        [FromQuery(Name = "agent")] string? agent,
        [FromQuery(Name = "code")] string? code,
        [FromQuery(Name = "redriven")] string? redriven,
        [FromQuery(Name = "after")] string? after,
        [FromQuery(Name = "before")] string? before,
        CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var filter = new DeadLetterFilter(agent, code, redriven is null ? null : redriven == "true", check.Moment("after", after), check.Moment("before", before));
        if (redriven is not (null or "true" or "false"))
        {
            check.Parameter("redriven", $"'redriven' is true or false, found '{RequestCheck.Shown(redriven)}'.");
        }

        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var list = string.Join('\n', "deadletters", agent, code, redriven, after, before);
        return await page.AnswerAsync(
            list, "dead letters with these filters", (after, count) => grains.WorkflowIndex().DeadLettersAsync(filter, after, count, cancellationToken), letter => letter.Id, DeadLetterResponse.Of);
    }

    private static async Task<IResult> RedriveAsync(HttpContext http, string id, IGrainFactory grains, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        if (await FindAsync(PathSegment.Decode(id), grains, cancellationToken) is not { } letter)
        {
            return Unknown(id);
        }

        var (reply, problem) = await DoAgainAsync(http, letter, grains, starting, cancellationToken);
        return problem is not null ? problem : await starting.AnswerAsync(http, reply!, cancellationToken);
    }

    private static async Task<IResult> RedriveManyAsync(
        HttpContext http, RequestBody body, IGrainFactory grains, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<RedriveRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var request = read.Value!;
        var check = new RequestCheck();
        var filter = FilterOf(request, check);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var redriven = ImmutableArray.CreateBuilder<RedrivenLetter>();
        var failed = ImmutableArray.CreateBuilder<LetterNotRedriven>();
        var letters = request.Ids is null ? await grains.WorkflowIndex().DeadLettersAsync(filter, null, request.Limit + 1, cancellationToken) : [];
        foreach (var id in request.Ids ?? [.. letters.Take(request.Limit).Select(letter => letter.Id)])
        {
            var letter = await FindAsync(id, grains, cancellationToken);
            var (reply, problem) = letter is null ? (null, Unknown(id)) : await DoAgainAsync(http, letter, grains, starting, cancellationToken);
            if (problem is null)
            {
                redriven.Add(new(id, reply!.Id.Value));
            }
            else
            {
                failed.Add(new(id, problem.Kind.Code, problem.Detail));
            }
        }

        return Results.Json(new RedriveResponse(redriven.DrainToImmutable(), failed.DrainToImmutable(), letters.Length > request.Limit), ApiJson.Responses);
    }

    private static DeadLetterFilter FilterOf(RedriveRequest request, RequestCheck check)
    {
        if (request.Ids is null == request.Filter is null)
        {
            check.Member("/ids", "Exactly one of 'ids' and 'filter' says which dead letters are meant.");
        }

        if (request.Ids is { } ids && ids.Length is 0 or > RedrivesMax)
        {
            check.Member("/ids", $"There are 1 to {RedrivesMax} ids, found {ids.Length}.");
        }

        if (request.Limit is < 1 or > RedrivesMax)
        {
            check.Member("/limit", $"The limit is 1 to {RedrivesMax}, found {request.Limit}.");
        }

        return new DeadLetterFilter(request.Filter?.Agent, request.Filter?.Code, Redriven: false, request.Filter?.After, request.Filter?.Before);
    }

    private static async Task<(StartReply? Reply, ApiProblem? Problem)> DoAgainAsync(
        HttpContext http, DeadLetter letter, IGrainFactory grains, WorkflowStarting starting, CancellationToken cancellationToken)
    {
        if (letter.RedrivenAs is { } known && await grains.Workflow(known).GetAsync(cancellationToken) is { } earlier)
        {
            return (new StartReply(known, earlier.CreatedAt, Replayed: true), null);
        }

        // The letter's own id is the key, so that two people who press the button at once start one workflow.
        var key = "deadletters:redrive:" + letter.Id;
        var (start, problem) = await starting.SuccessorAsync(letter.Workflow, new SuccessorRequest(OriginKind.Retry), key, CanonicalJson.Fingerprint(key), http, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        var reply = await starting.TakeOnAsync(start!, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return (null, ApiProblem.From(refusal));
        }

        await grains.WorkflowIndex().MarkRedrivenAsync(letter.Workflow, letter.Step, reply.Id, cancellationToken);
        return (reply, null);
    }

    private static async ValueTask<DeadLetter?> FindAsync(string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        PathSegment.TryStep(id, out var workflow, out var step)
            ? await grains.WorkflowIndex().FindDeadLetterAsync(workflow, step, cancellationToken)
            : null;

    private static ApiProblem Unknown(string id) => ApiProblem.Of("deadletter.not_found", $"There is no dead letter '{RequestCheck.Shown(id)}'.");
}
