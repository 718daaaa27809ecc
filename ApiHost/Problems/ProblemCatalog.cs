using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Orchestrator.ApiHost.Problems;

/// <summary>The one table from codes to HTTP. Everything the API refuses is in it; <c>docs/api.md</c> prints it, and a test compares the two.</summary>
public static class ProblemCatalog
{
    public static ImmutableArray<ProblemKind> All { get; } =
    [
        new("request.malformed", 400, "The request cannot be read", false, "The body is not one JSON value in UTF-8, has a member twice or one this request does not take, or is nested deeper than 64. Correct what `errors` points at."),
        new("request.invalid", 400, "The request has a value out of range", false, "A member, a query parameter or a header has a value that cannot be taken. `errors` names every one of them."),
        new("cursor.invalid", 400, "The cursor does not belong to this list", false, "The cursor was changed, comes from another server, or the filters differ from those it was made with. Begin again without a cursor."),
        new("idempotency.key_invalid", 400, "The idempotency key cannot be used", false, "`Idempotency-Key` is one printable ASCII string of 1 to 255 characters, quoted or bare."),
        new("operator.unknown", 401, "No operator has this key", false, "The `Authorization` header holds no operator's key. Send one of `Operators`, or none."),
        new("access.key_needed", 401, "A key is needed", false, "This server asks its callers for a key of `Operators`. Send `Authorization: Bearer KEY` or `X-Api-Key: KEY`."),
        new("access.denied", 403, "The key's role does not go so far", false, "`detail` names the permission that is missing. A key of a higher role has it: `Operators:Roles`."),
        new("host.refused", 403, "This host name is not served", false, "The `Host` header names something this server does not answer to; a page elsewhere may be trying to reach it through your browser. Add the name to `Api:AllowedHosts` if it is yours."),
        new("origin.refused", 403, "Requests from this origin are not taken", false, "The `Origin` header names another site than this server. Add it to `Api:AllowedOrigins` if it is yours."),
        new("approval.not_allowed", 403, "Somebody else is to decide", false, "The step names those who may decide, and the caller is not among them."),
        new("route.not_found", 404, "There is nothing here", false, "No route has this path. `/openapi/v1.json` lists those that exist."),
        new("workflow.not_found", 404, "There is no such workflow", false, "No workflow has this id, or its retention is over."),
        new("step.not_found", 404, "There is no such step", false, "The workflow has no step with this path. `GET /api/v1/workflows/{id}` lists the steps."),
        new("plan.not_found", 404, "There is no such plan", false, "No plan, or no version of it, has this name in the catalogue."),
        new("template.not_found", 404, "There is no such template", false, "No template has this name. `GET /api/v1/templates` lists those that exist."),
        new("agent.not_found", 404, "There is no such agent", false, "Nobody declared or registered an agent of this name."),
        new("pattern.unknown", 404, "Agent Not Found", false, "No enabled route has this pattern. `GET /api/v1/routes` lists those that exist."),
        new("task.not_found", 404, "There is no such task", false, "No task has this id, or its retention is over."),
        new("limit.unknown", 404, "There is no such limit", false, "No limit has this name. `GET /api/v1/limits` lists those that exist."),
        new("route.unknown", 404, "There is no such route", false, "No route has this name. `GET /api/v1/routes` lists those that exist."),
        new("schedule.not_found", 404, "There is no such schedule", false, "No schedule has this name."),
        new("subscription.unknown", 404, "There is no such subscription", false, "No subscription has this name. `GET /api/v1/subscriptions` lists those that exist."),
        new("breaker.not_found", 404, "There is no such breaker", false, "No agent has an instance of this name, so there is no breaker for it."),
        new("approval.not_found", 404, "There is no such approval", false, "The workflow has asked nobody at this step, or its retention is over."),
        new("deadletter.not_found", 404, "There is no such dead letter", false, "No step of this workflow was given up, or its retention is over."),
        new("callback.not_found", 404, "There is no such callback", false, "The workflow has not ended, was started without a `callbackUrl`, or does not exist."),
        new("completion.not_found", 404, "There is no such completion token", false, "The token was changed on its way, or was made under a key that is not believed any more."),
        new("session.not_found", 404, "There is no such session", false, "Nobody opened a session under this id, or it has been forgotten."),
        new("session.message_not_found", 404, "There is no such message", false, "Nobody sent a message under this id, or so long ago that the session no longer knows it."),
        new("blob.not_found", 404, "There is no such blob", false, "Nobody put this content, or nobody has used it for so long that it has gone. Put it again."),
        new("error.not_found", 404, "There is no such kind of error", false, "No problem has this slug. `/errors` lists those that exist."),
        new("method.refused", 405, "The method is not offered here", false, "The path exists, but not with this method. The `Allow` header names the methods it has."),
        new("request.timeout", 408, "The request came too slowly", true, "The body did not arrive in time. Send it again."),
        new("workflow.exists", 409, "The id belongs to another workflow", false, "A workflow was started under this id with other content. Choose another id, or send the same request to get the same answer."),
        new("workflow.finished", 409, "The workflow has ended", false, "A finished workflow never changes. Retry, rerun or fork it: each starts a new workflow that is linked to it."),
        new("workflow.compensating", 409, "The workflow is undoing what it did", false, "Nothing can be changed until it has ended."),
        new("workflow.not_failed", 409, "The workflow did not fail", false, "Only a workflow that failed, timed out or was cancelled is retried. Rerun or fork it."),
        new("step.not_waiting", 409, "The step does not wait for a decision", false, "Its approval has been decided otherwise, has expired, or was never asked for."),
        new("approval.decided", 409, "The approval has been decided otherwise", false, "The first decision wins, and of one person the first vote; another one came before."),
        new("completion.conflict", 409, "The attempt was completed with something else", false, "The first completion of an attempt decides it. The same one again would have been answered as the first time."),
        new("session.exists", 409, "The id belongs to another session", false, "A session was opened under this id with other content. Choose another id, or send the same request to get the same answer."),
        new("session.closed", 409, "The session has been closed", false, "It takes no more messages. Open another one."),
        new("session.busy", 409, "The session is answering another message", true, "The message was to be refused in that case. Send it again after `Retry-After`, or with `onBusy` of `queue` or `interrupt`."),
        new("session.message_exists", 409, "The id belongs to another message", false, "A message was sent under this id with other content. Choose another id, or send the same message to get the same answer."),
        new("agent.exists", 409, "The name belongs to another agent", false, "An agent of this name is declared differently. Replace it by PUT with `If-Match`."),
        new("agent.declared", 409, "The agent is declared by the host", false, "It comes with the product or from its configuration, and is changed there."),
        new("plan.too_many", 409, "The catalogue is full", false, "As many plans have names as may. Delete one, or raise the limit."),
        new("agent.too_many", 409, "The directory is full", false, "As many agents are registered as may be. Remove one, or raise the limit."),
        new("route.exists", 409, "The name belongs to another route", false, "A route of this name is declared differently. Replace it by PUT with `If-Match`."),
        new("route.declared", 409, "The route is declared by the host", false, "It comes with the product or from its configuration. Put one that is not enabled in its place, or change it there."),
        new("route.pattern_taken", 409, "The pattern belongs to another route", false, "Among enabled routes a pattern stands once; `detail` names the one that has it."),
        new("subscription.declared", 409, "The subscription is declared by the host", false, "It comes from the configuration. Put one that is not enabled in its place, or change it there."),
        new("subscription.too_many", 409, "There are too many subscriptions", false, "As many subscriptions are stored as may be. Remove one, or raise `Subscriptions:StoredMax`."),
        new("limit.declared", 409, "The limit is declared by the host", false, "It comes from the configuration. Put another one in its place, or change it there."),
        new("limit.too_many", 409, "There are too many limits", false, "As many limits are stored as may be. Remove one, or raise `Limits:StoredMax`."),
        new("route.too_many", 409, "The table of routes is full", false, "As many routes are stored as may be. Remove one, or raise `Routing:RoutesMax`."),
        new("topic.too_many", 409, "There is no room for another topic", false, "As many topics have events as may. Publish to one of them, or raise the limit."),
        new("schedule.too_many", 409, "There are too many schedules", false, "As many schedules are kept as may be. Remove one, or raise `Schedules:NamesMax`."),
        new("completion.gone", 410, "Nobody waits for this completion any more", false, "The attempt was decided, its deadline is over, or its workflow has ended. Nothing has changed; an agent that hears this may stop."),
        new("precondition.failed", 412, "It has changed since you read it", false, "The present version is another one than `If-Match` names, or `If-None-Match: *` found one. Read it again and decide again."),
        new("agent.version", 412, "The agent has changed since you read it", false, "The present version is another one than `If-Match` names. Read it again and decide again."),
        new("plan.version", 412, "The plan has changed since you read it", false, "The newest version is another one than `If-Match` names. Read it again and decide again."),
        new("subscription.version", 412, "The subscription has changed since you read it", false, "The present version is another one than the change was made for. Read it again and decide again."),
        new("limit.version", 412, "The limit has changed since you read it", false, "The present version is another one than the change was made for. Read it again and decide again."),
        new("route.version", 412, "The route has changed since you read it", false, "The present version is another one than the change was made for. Read it again and decide again."),
        new("schedule.version", 412, "The schedule has changed", false, "The present version is another one than the change was made for. Read it again and decide again."),
        new("request.too_large", 413, "The request is too large", false, "The body is larger than `Api:BodyBytesMax`."),
        new("completion.too_large", 413, "The output is too large", false, "An output has at most `AgentCalls:AnswerBytesMax` bytes. The attempt is still waited for: complete it with less, or with an error."),
        new("blob.too_large", 413, "The blob is too large", false, "A blob has at most `Blobs:BytesMax` bytes."),
        new("topic.batch", 413, "There are too many events in one request", false, "A publication has at most as many events as `Topics:PublishEventsMax`. Send them in several requests."),
        new("session.message_too_large", 413, "The message is too large", false, "A message has at most `Sessions:MessageBytesMax` bytes. Send a link to what is larger."),
        new("topic.event_too_large", 413, "An event is too large", false, "An event has at most `Topics:EventBytesMax` bytes, its source and id together 2,048. Send a link to what is larger."),
        new("request.media_type", 415, "The content type is not taken here", false, "Send `application/json` in UTF-8 without a content encoding; a plan may also be `application/yaml`."),
        new("idempotency.key_reused", 422, "The key was used for another request", false, "The same `Idempotency-Key` came with other content. Use a new key for a new request."),
        new("plan.invalid", 422, "The plan has errors", false, "`errors` lists every one, with line, column, JSON Pointer and, where there is one, a suggestion."),
        new("input.invalid", 422, "The input does not fit the plan", false, "The plan declares inputs that the request does not give, or gives in another form; `detail` names them."),
        new("blob.unknown", 422, "A link leads to nothing", false, "A payload links to a blob that is not kept; `detail` names the place. Put the content with `POST /api/v1/blobs`, and send the same request again."),
        new("blob.invalid", 422, "A link cannot be read", false, "A payload has a link whose digest is none, or more links than may come at once (`Blobs:LinksMax`); `detail` names the place."),
        new("session.agent_unknown", 422, "The session has no such agent", false, "`detail` names those it was opened with."),
        new("agent.invalid", 422, "The registration has errors", false, "The agent cannot be declared like this; `detail` says why."),
        new("subscription.invalid", 422, "The subscription has errors", false, "The subscription cannot be declared like this; `detail` says why."),
        new("limit.invalid", 422, "The limit has errors", false, "The limit cannot be declared like this; `detail` says why."),
        new("route.invalid", 422, "The route has errors", false, "The route cannot be declared like this; `detail` says why."),
        new("schedule.invalid", 422, "The schedule cannot be kept", false, "The schedule cannot be declared like this; `detail` says why."),
        new("schedule.too_many_windows", 422, "There are too many windows", false, "A backfill starts at most `Schedules:BackfillMax` windows. Ask for them in parts."),
        new("precondition.required", 428, "Say which version you mean to replace", false, "It exists already. Send its `ETag` as `If-Match`, so that nobody's change is lost."),
        new("request.headers_too_large", 431, "The headers are too large", false, "The request line and headers are larger than this server takes."),
        new("request.too_often", 429, "The caller starts work too often", true, "One caller starts at most as many workflows and tasks a second as `Api:StartsPerSecond`. Send the request again after `Retry-After`; `RateLimit` tells what is left."),
        new("signal.too_many", 429, "The workflow holds too many signals", true, "As many signals as a workflow may keep wait for a step to ask for them. Send the signal again after `Retry-After`."),
        new("session.queue_full", 429, "Too many messages wait for their turn", true, "As many messages wait in this session as may (`Sessions:WaitingMax`). Send the message again after `Retry-After`."),
        new("agent.queue_full", 429, "The agent's queue is full", true, "As many calls wait for this agent as it was declared to keep. Send the request again after `Retry-After`."),
        new("agent.rate_limited", 429, "The agent is asked too often", true, "More work came for this agent than its rate lets in. Send the request again after `Retry-After`, raise its rate, or spread the requests."),
        new("topic.busy", 429, "The topic takes no more for a moment", true, "As many events wait to be kept as may. Send the same events again after `Retry-After`."),
        new("server.fault", 500, "Something broke inside", false, "This is a defect of ours; the log has it under `traceId`. Whether the request took effect is unknown: with the same `Idempotency-Key` it is safe to send again."),
        new("agent.unavailable", 503, "The agent cannot be called now", true, "Every instance of it is left alone after failures, or nobody declared it. Send the request again after `Retry-After`; `GET /agents/health` and `GET /api/v1/breakers` tell more."),
        new("agent.disabled", 503, "The agent has not been set up", false, "It is declared, and cannot be called until something is configured; `errors` says what."),
        new("request.no_agent", 503, "There is nobody for this", false, "No agent that can be called fits the request. `POST /api/v1/routes:resolve` explains it."),
        new("storage.unavailable", 503, "The store is away", true, "Nothing was accepted and nothing accepted earlier is lost. Send the request again after `Retry-After`."),
        new("server.not_ready", 503, "The server is not ready", true, "It is starting, draining, or cannot write its store. Send the request again after `Retry-After`, or to another server."),
        new("cluster.unavailable", 503, "No silo is there to take this", true, "This front end reaches no silo of its cluster, and nobody took the request. Send it again after `Retry-After`, or to another front end."),
        new("server.busy", 503, "The server has no room for this now", true, "A limit of this server is reached, such as the number of open event streams. Send the request again after `Retry-After`."),
        new("cluster.unanswered", 504, "No silo answered", true, "The silo that had the request went away before it answered. Whether the request took effect is unknown: with the same `Idempotency-Key`, or the same `id`, it is safe to send again."),
        new("storage.full", 507, "The store is full", true, "Nothing was accepted and nothing accepted earlier is lost. Make room on the disk."),
    ];

    private static readonly FrozenDictionary<string, ProblemKind> ByCode = All.ToFrozenDictionary(kind => kind.Code, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ProblemKind> BySlug = All.ToFrozenDictionary(kind => kind.Slug, StringComparer.Ordinal);

    /// <summary>The kind with this code. A code that nobody wrote into the table is a fault of ours, and says so.</summary>
    public static ProblemKind Find(string code) => ByCode.TryGetValue(code, out var kind)
        ? kind
        : throw new InvalidOperationException($"Every code has a row in the problem catalogue; found the code '{code}', which has none.");

    public static bool TryFind(string code, out ProblemKind? kind) => ByCode.TryGetValue(code, out kind);

    public static ProblemKind? FindSlug(string slug) => BySlug.GetValueOrDefault(slug);

    /// <summary>What a bare status, set by the framework before any code of ours ran, means.</summary>
    public static ProblemKind ForStatus(int status) => Find(status switch
    {
        401 => "access.key_needed",
        403 => "access.denied",
        404 => "route.not_found",
        405 => "method.refused",
        408 => "request.timeout",
        413 => "request.too_large",
        415 => "request.media_type",
        431 => "request.headers_too_large",
        503 => "server.not_ready",
        504 => "cluster.unanswered",
        >= 500 => "server.fault",
        _ => "request.malformed",
    });
}
