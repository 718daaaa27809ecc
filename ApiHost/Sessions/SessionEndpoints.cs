using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Grains;
using Orchestrator.Grains.Sessions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.ApiHost.Sessions;

/// <summary>Conversations of users with agents, and their memory.</summary>
internal static class SessionEndpoints
{
    private const int WordLengthMax = 200;
    private const int MessageIdLengthMax = 128;
    private const int ReasonLengthMax = 1_000;
    private const string ActionDefault = "respond";

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sessions", OpenAsync)
            .WithName("openSession")
            .WithSummary("Open a session")
            .WithDescription("Survives any crash from the 201 on. The same again is answered as the first time (`Idempotency-Replayed: true`). One that nothing changes for `Sessions:IdleMax` (30 days) is forgotten.")
            .Accepts<OpenSessionRequest>("application/json")
            .Example("""{"user": "ana", "agents": {"tutor": "tutor-agent"}, "context": {"subject": "mathematics", "gradeLevel": 7}}""")
            .Produces<SessionResponse>(StatusCodes.Status201Created)
            .Idempotent()
            .Fails("session.exists", "storage.full");

        routes.MapGet("/sessions", ListAsync)
            .WithName("listSessions")
            .WithSummary("List sessions by id")
            .WithDescription("Read off the store, so that none of them is woken.")
            .Produces<Page<SessionSummaryResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/sessions/{id}", GetAsync)
            .WithName("getSession")
            .WithSummary("Read a session and its memory")
            .Produces<SessionResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .Fails("session.not_found");

        routes.MapPost("/sessions/{id}/messages", PostAsync)
            .WithName("postMessage")
            .WithSummary("Say something to an agent of a session")
            .WithDescription("Each message is answered by a workflow of its own, one after the other. Accepted means kept: after the 202 it is answered whatever crashes meanwhile, and it changes the session's memory once. "
                + "`Prefer: wait=n` answers 200 with what came of it if it ends within n (30) seconds. One `id`, or one `Idempotency-Key`, is one message, among the newest `Sessions:SeenMax` (200).")
            .Accepts<PostMessageRequest>("application/json")
            .Example("""{"agent": "tutor", "action": "provide_hint", "data": {"activityId": "math-7-equations-1", "level": 1}}""")
            .Produces<MessageResponse>(StatusCodes.Status202Accepted)
            .Produces<MessageResponse>()
            .Idempotent()
            .Prefers()
            .Fails("session.not_found", "session.closed", "session.busy", "session.queue_full", "session.message_exists", "session.message_too_large", "session.agent_unknown", "storage.full");

        routes.MapGet("/sessions/{id}/messages/{message}", MessageAsync)
            .WithName("getMessage")
            .WithSummary("Read what came of a message")
            .Produces<MessageResponse>()
            .Prefers()
            .Fails("session.not_found", "session.message_not_found");

        routes.MapPost("/sessions/{id}/close", CloseAsync)
            .WithName("closeSession")
            .WithSummary("Close a session")
            .WithDescription("It takes no more messages: the one that is being answered is stopped, those that wait are dropped. What it remembers can be read for `Sessions:ClosedMax` (7 days). The same again changes nothing.")
            .Accepts<CloseSessionRequest>("application/json")
            .Example("""{"reason": "the lesson is over"}""")
            .Produces<SessionResponse>()
            .Idempotent()
            .Fails("session.not_found");

        routes.MapDelete("/sessions/{id}", ForgetAsync)
            .WithName("forgetSession")
            .WithSummary("Forget a session and all its memory")
            .WithDescription("At once, open or closed; the message that is being answered is stopped. Its workflows are kept as long as any.")
            .Produces(StatusCodes.Status204NoContent)
            .Fails("session.not_found");
    }

    public static ApiProblem Unknown(string id) => ApiProblem.Of("session.not_found", $"There is no session '{RequestCheck.Shown(id, SessionId.LengthMax)}'.");

    private static async Task<IResult> OpenAsync(HttpContext http, RequestBody body, IGrainFactory grains, WorkflowIdSource ids, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var read = await body.JsonAsync<OpenSessionRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var request = read.Value!;
        var id = IdOf(request, key, ids, check);
        var agents = AgentsOf(request, id, check);
        var context = ObjectOf(request.Context, "/context", check);
        var onBusy = OnBusyOf(request.OnBusy, check) ?? OnBusy.Queue;
        if (request.User is { Length: 0 or > WordLengthMax })
        {
            check.Member("/user", $"A user is named with 1 to {WordLengthMax} characters, found {request.User.Length}.");
        }

        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var reply = await grains.Session(id).OpenAsync(new OpenSession(read.Fingerprint("POST /api/v1/sessions"), request.User, agents, onBusy, context), cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        if (reply.Replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }

        http.Response.Headers.Location = SessionLinks.Self(id);
        http.Response.Headers.ETag = EntityTag.Of(reply.Session!.Content.Version);
        return Results.Json(SessionResponse.Of(reply.Session), ApiJson.Responses, statusCode: StatusCodes.Status201Created);
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync(
            "sessions", "sessions", (after, count) => grains.SessionIndex().ListAsync(after, count, cancellationToken), session => session.Id.Value, SessionSummaryResponse.Of);

    private static async Task<IResult> GetAsync(HttpContext http, string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        !SessionId.TryParse(id, out var session) || await grains.Session(session).GetAsync(cancellationToken) is not { } view ? Unknown(id)
            : EntityTag.Settle(http, EntityTag.Of(view.Content.Version)) ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(SessionResponse.Of(view), ApiJson.Responses);

    private static async Task<IResult> PostAsync(HttpContext http, string id, RequestBody body, IGrainFactory grains, MessageWait wait, WorkflowIdSource ids, CancellationToken cancellationToken)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key, out var refused))
        {
            return refused!;
        }

        var read = await body.JsonAsync<PostMessageRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        if (!SessionId.TryParse(id, out var session) || await grains.Session(session).GetAsync(cancellationToken) is not { } present)
        {
            return Unknown(id);
        }

        var check = new RequestCheck();
        var message = MessageOf(read.Value!, read.Fingerprint("POST messages"), key, present, ids, check);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var reply = await grains.Session(session).PostAsync(message, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        if (reply.Replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }

        http.Response.Headers.Location = SessionLinks.Message(session, message.Id);
        var preference = Preference.Read(http.Request);
        preference.Apply(http.Response);
        var view = preference.Wait is { } patience ? await wait.UntilEndAsync(session, message.Id, patience, cancellationToken) ?? reply.Message! : reply.Message!;
        return Results.Json(MessageResponse.Of(session, view), ApiJson.Responses, statusCode: view.State >= MessageState.Answered ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> MessageAsync(HttpContext http, string id, string message, IGrainFactory grains, MessageWait wait, CancellationToken cancellationToken)
    {
        if (!SessionId.TryParse(id, out var session) || await grains.Session(session).GetAsync(cancellationToken) is null)
        {
            return Unknown(id);
        }

        var preference = Preference.Read(http.Request);
        preference.Apply(http.Response);
        return await wait.UntilEndAsync(session, message, preference.Wait ?? TimeSpan.Zero, cancellationToken) is { } view
            ? Results.Json(MessageResponse.Of(session, view), ApiJson.Responses)
            : ApiProblem.Of("session.message_not_found", $"Session '{session}' knows no message '{RequestCheck.Shown(message, MessageIdLengthMax)}'.");
    }

    private static async Task<IResult> CloseAsync(HttpContext http, string id, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<CloseSessionRequest>(http.Request, optional: true, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        if (read.Value?.Reason is { Length: > ReasonLengthMax } reason)
        {
            var check = new RequestCheck();
            check.Member("/reason", FormattableString.Invariant($"A reason has at most {ReasonLengthMax:N0} characters, found {reason.Length:N0}."));
            return check.Problem!;
        }

        if (!SessionId.TryParse(id, out var session))
        {
            return Unknown(id);
        }

        var reply = await grains.Session(session).CloseAsync(read.Value?.Reason, cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : Results.Json(SessionResponse.Of(reply.Session!), ApiJson.Responses);
    }

    private static async Task<IResult> ForgetAsync(string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        SessionId.TryParse(id, out var session) && await grains.Session(session).ForgetAsync(cancellationToken) ? Results.NoContent() : Unknown(id);

    private static SessionId IdOf(OpenSessionRequest request, string? key, WorkflowIdSource ids, RequestCheck check)
    {
        if (request.Id is null)
        {
            return new SessionId(key is null ? ids.Next().Value : Named(key));
        }

        if (!SessionId.TryParse(request.Id, out var id))
        {
            check.Member("/id", $"An id has 1 to {SessionId.LengthMax} letters, digits, '.', '_' and '-', not signs alone, found '{RequestCheck.Shown(request.Id)}'.");
        }

        return id;
    }

    private static ImmutableSortedDictionary<string, string> AgentsOf(OpenSessionRequest request, SessionId id, RequestCheck check)
    {
        if (request.Agents.Count is 0 or > SessionPolicy.AgentsMax)
        {
            check.Member("/agents", $"A session speaks with 1 to {SessionPolicy.AgentsMax} agents, found {request.Agents.Count}.");
        }

        foreach (var (part, agent) in request.Agents)
        {
            if (!AgentRules.IsName(part) || !AgentRules.IsName(agent) || !AgentRules.IsName($"{agent}-{id.Value}"))
            {
                check.Member("/agents" + JsonPointer.Of(part), $"Names have letters, digits, '.', '_' and '-', and at most {AgentRules.NameLengthMax} of them together with the session's id, found '{RequestCheck.Shown(agent)}'.");
            }
        }

        return request.Agents.ToImmutableSortedDictionary(pair => pair.Key, pair => $"{pair.Value}-{id.Value}");
    }

    private static PostMessage MessageOf(PostMessageRequest request, string fingerprint, string? key, SessionView session, WorkflowIdSource ids, RequestCheck check)
    {
        var agent = request.Agent ?? (session.Content.Agents.Count == 1 ? session.Content.Agents.Keys.First() : null);
        if (agent is null)
        {
            check.Member("/agent", $"The session has several agents: {string.Join(", ", session.Content.Agents.Keys)}. Say which one.");
        }

        var id = request.Id ?? (key is null ? ids.Next().Value : Named(key));
        if (id.Length is 0 or > MessageIdLengthMax || !AgentRules.IsName(id) || !id.Any(char.IsAsciiLetterOrDigit))
        {
            check.Member("/id", $"An id has 1 to {MessageIdLengthMax} letters, digits, '.', '_' and '-', not signs alone, found '{RequestCheck.Shown(id)}'.");
        }

        if (request.Action is { } action && !AgentRules.IsName(action))
        {
            check.Member("/action", $"An action has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(action)}'.");
        }

        var data = ObjectOf(request.Data, "/data", check);
        if (request.Content is { } content && check.Problem is null)
        {
            var told = data.As<JsonObject>()!;
            told["content"] = content;
            data = Payload.From(told, ApiJson.Responses);
        }

        return new PostMessage(id, fingerprint, SessionMessageKind.Ask, agent ?? "", request.Action ?? ActionDefault, data, OnBusyOf(request.OnBusy, check));
    }

    public static Payload ObjectOf(Payload? payload, string pointer, RequestCheck check)
    {
        if (payload is not { IsNull: false } given)
        {
            return Payload.EmptyObject;
        }

        using var document = given.Parse();
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            check.Member(pointer, "An object is expected here.");
        }

        return given;
    }

    private static OnBusy? OnBusyOf(string? text, RequestCheck check)
    {
        switch (text)
        {
            case null:
                return null;
            case "queue":
                return OnBusy.Queue;
            case "interrupt":
                return OnBusy.Interrupt;
            case "reject":
                return OnBusy.Reject;
            default:
                check.Member("/onBusy", $"A message that comes meanwhile is to queue, interrupt or reject, found '{RequestCheck.Shown(text)}'.");
                return null;
        }
    }

    /// <summary>A name made of an idempotency key, whose letters a name may not have.</summary>
    public static string Named(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32];
}
