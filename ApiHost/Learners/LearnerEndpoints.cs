using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Sessions;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Learners;

/// <summary>The S3 API as its clients know it: thin words for sessions.</summary>
internal static class LearnerEndpoints
{
    private const string Route = "POST /api/agents";
    private const string StartSession = "start_session";
    private const string ProcessInteraction = "process_interaction";
    public const int LearnerLengthMax = 64;
    private const int WordLengthMax = 200;
    private const int GradeMax = 20;

    public static void MapLearners(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/agents", PostAsync)
            .WithName("askLearnersAgents")
            .WithSummary("Ask a learner's agents")
            .WithDescription("`start_session` begins a session and prepares its agents; answered 200 when they are ready, or when that failed (`status`, `orchestration.errors`). `process_interaction` judges an answer in the learner's "
                + "present session, which is begun where there is none; an answer that cannot be judged is answered 200 too, with `correct: null` and the reason. `Content-Location` names the message in the session. "
                + "What was taken on survives any crash of ours; with an `Idempotency-Key` the request is safe to repeat.")
            .Accepts<LearnerRequest>("application/json")
            .Example("""{"action": "start_session", "learnerId": "12345", "data": {"subject": "mathematics", "gradeLevel": 7}}""")
            .Produces<LearnerResponse>()
            .Produces<MessageResponse>(StatusCodes.Status202Accepted)
            .Idempotent()
            .Fails("idempotency.key_reused", "session.queue_full", "session.closed", "session.exists", "session.message_too_large", "workflow.not_found", "storage.full");

    private static async Task<IResult> PostAsync(HttpContext http, RequestBody body, LearnerSessions learners, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var read = await body.JsonAsync<LearnerRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var data = Read(read.Value!, check);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var fingerprint = read.Fingerprint(Route);
        return read.Value!.Action == StartSession
            ? await StartAsync(http, learners, read.Value.LearnerId, data, fingerprint, key, cancellationToken)
            : await InteractAsync(http, learners, read.Value.LearnerId, data, fingerprint, key, cancellationToken);
    }

    private static async Task<IResult> StartAsync(HttpContext http, LearnerSessions learners, string learner, Payload data, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var (started, replayed, problem) = await learners.StartAsync(learner, data, fingerprint, key, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        Replayed(http, replayed);
        http.Response.Headers.ContentLocation = SessionLinks.Self(new(started!.SessionId));
        return Results.Json(started, ApiJson.Responses);
    }

    private static async Task<IResult> InteractAsync(HttpContext http, LearnerSessions learners, string learner, Payload data, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var (answer, session, message, replayed, problem) = await learners.InteractAsync(learner, data, fingerprint, key, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        Replayed(http, replayed);
        var place = SessionLinks.Message(session, message!.Id);
        if (answer is null)
        {
            http.Response.Headers.Location = place;
            return Results.Json(MessageResponse.Of(session, message), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
        }

        http.Response.Headers.ContentLocation = place;
        return Results.Json(answer, ApiJson.Responses);
    }

    private static Payload Read(LearnerRequest request, RequestCheck check)
    {
        if (request.Action is not (StartSession or ProcessInteraction))
        {
            check.Member("/action", $"An action is {StartSession} or {ProcessInteraction}, found '{RequestCheck.Shown(request.Action)}'.", Nearest.To(request.Action, [StartSession, ProcessInteraction]));
        }

        if (request.LearnerId.Length > LearnerLengthMax || !AgentRules.IsName(request.LearnerId) || !request.LearnerId.Any(char.IsAsciiLetterOrDigit))
        {
            check.Member("/learnerId", $"A learner is named with 1 to {LearnerLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(request.LearnerId)}'.");
        }

        var data = SessionEndpoints.ObjectOf(request.Data, "/data", check);
        using var document = data.Parse();
        var root = document.RootElement;
        if (request.Action == StartSession)
        {
            Text(root, "subject", check);
            if (Find(root, "gradeLevel") is { } grade && !(grade.ValueKind == JsonValueKind.Number && grade.TryGetInt32(out var level) && level is >= 0 and <= GradeMax))
            {
                check.Member("/data/gradeLevel", $"A grade is a whole number from 0 to {GradeMax}.");
            }
        }
        else
        {
            Text(root, "activityId", check);
            if (Find(root, "timestamp") is { } time && !(time.ValueKind == JsonValueKind.String && InstantJsonConverter.TryRead(time.GetString()!, out _)))
            {
                check.Member("/data/timestamp", $"A moment is written like 2026-01-31T12:00:00.000Z, found '{RequestCheck.Shown(time.GetRawText())}'.");
            }
        }

        return data;
    }

    private static void Text(JsonElement data, string name, RequestCheck check)
    {
        if (Find(data, name) is { } value && !(value.ValueKind == JsonValueKind.String && value.GetString()!.Length is > 0 and <= WordLengthMax))
        {
            check.Member("/data/" + name, $"'{name}' is a text of 1 to {WordLengthMax} characters.");
        }
    }

    private static JsonElement? Find(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Replayed(HttpContext http, bool replayed)
    {
        if (replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }
    }
}
