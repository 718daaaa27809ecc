using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Routes;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Routes;
using Orchestrator.Grains;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Routing;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>Answers requests in words, in the five stages of S4-02: check, route, select, run, put together. The run is a workflow like any other, so a caller that goes away loses nothing.</summary>
internal sealed class RequestStart(IGrainFactory grains, WorkflowStarting starting, WorkflowWait wait, TimeProvider clock, IOptions<TaskOptions> options)
{
    /// <summary>By which the workflows of requests are found.</summary>
    public const string KindTag = "orc.kind";

    public const string Kind = "request";

    // The workflow ends by its own timeout first, and then says so itself.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private int held;

    public async Task<IResult> StartAsync(HttpContext http, OrchestrateRequest request, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var asked = Read(request, check);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        if (Interlocked.Increment(ref held) > options.Value.RequestsMax)
        {
            Interlocked.Decrement(ref held);
            return ApiProblem.Of("server.busy", FormattableString.Invariant($"{options.Value.RequestsMax:N0} requests are being answered, which is as many as may be."));
        }

        try
        {
            return await AnswerAsync(http, asked, fingerprint, key, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref held);
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Asked asked, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var decision = await grains.Router().DecideAsync(new RoutingQuery(Request: asked.Request, Strategy: asked.Strategy), cancellationToken);
        if (decision.Refusal is { } nobody)
        {
            return Results.Json(RequestOutcome.Refused(nobody, Seconds(started), null), ApiJson.Responses);
        }

        var (taken, refused) = await SelectAsync(decision, asked, cancellationToken);
        var execution = asked.Execution ?? (taken.Length + refused.Length > 1 ? RequestPlan.Parallel : null);
        var routing = new RoutingRecord(
            decision.Method, decision.Confidence, decision.Reasoning, decision.ModelUnheard, execution, [.. taken.Select(agent => agent.Agent)], refused,
            Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 3), decision.ModelRemembered);
        if (taken.IsEmpty)
        {
            return Results.Json(RequestOutcome.Refused(new Refusal(refused[0].Code, refused[0].Error), Seconds(started), routing), ApiJson.Responses);
        }

        var content = new RequestContent(asked.Request.Content, asked.Request.Context, asked.Request.History, asked.Request.UserContext);
        var reply = await starting.TakeOnAsync(
            new StartWorkflow(
                RequestPlan.Of(taken, execution, asked.GoesOn, options.Value.ToPolicy(), asked.Timeout),
                Payload.From(new RequestInput(content, routing), ApiJson.Responses),
                asked.Priority,
                asked.Tags.Add(KindTag, Kind),
                fingerprint,
                key is null ? null : "orchestrate:" + key,
                CallbackUrl: asked.CallbackUrl,
                TraceParent: TraceContext.TraceParentOf(http)),
            cancellationToken);
        return reply.Refusal is { } refusal ? ApiProblem.From(refusal) : await WaitAsync(http, reply, routing, asked.Timeout, started, cancellationToken);
    }

    private async Task<IResult> WaitAsync(HttpContext http, StartReply reply, RoutingRecord routing, TimeSpan timeout, long started, CancellationToken cancellationToken)
    {
        var id = TaskIds.Write(reply.Id);
        http.Response.Headers.Location = "/api/v1/requests/" + id;
        if (reply.Replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }

        var preference = Preference.Read(http.Request);
        preference.Apply(http.Response);
        if (preference is not { RespondAsync: true, Wait: null })
        {
            await wait.UntilEndAsync(reply.Id, after: 0, preference.Wait ?? timeout + Grace, cancellationToken);
            if (await grains.Workflow(reply.Id).GetAsync(cancellationToken) is { } view && view.Status.IsFinal())
            {
                return Results.Json(RequestOutcome.Of(view, RequestOutcome.InputOf(view), Seconds(started)), ApiJson.Responses);
            }
        }

        return Results.Json(new RequestAcceptedResponse(id, TaskStatusResponse.Queued, routing.Agents), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
    }

    // Stage 3: whoever cannot be called now is left out and told of; a chain that must not go on without one ends before it.
    private async Task<(ImmutableArray<RoutingCandidate> Taken, ImmutableArray<RefusedAgent> Refused)> SelectAsync(RoutingDecision decision, Asked asked, CancellationToken cancellationToken)
    {
        var taken = ImmutableArray.CreateBuilder<RoutingCandidate>();
        var refused = ImmutableArray.CreateBuilder<RefusedAgent>();
        foreach (var candidate in decision.Chosen.Take(RouteRules.TargetsMax))
        {
            if (await grains.Agent(candidate.Agent).AdmitAsync(cancellationToken) is not { } refusal)
            {
                taken.Add(candidate);
                continue;
            }

            refused.Add(new(candidate.Agent, refusal.Message, refusal.Code));
            if (asked.Execution == RequestPlan.Sequential && !asked.GoesOn(candidate.Agent))
            {
                break;
            }
        }

        return (taken.ToImmutable(), refused.ToImmutable());
    }

    private Asked Read(OrchestrateRequest request, RequestCheck check)
    {
        var execution = request.Execution;
        if (execution is not (null or RequestPlan.Sequential or RequestPlan.Parallel))
        {
            check.Member("/execution", $"An execution is {RequestPlan.Sequential} or {RequestPlan.Parallel}, found '{RequestCheck.Shown(execution)}'.");
        }

        WorkflowStart.CheckCallback(request.CallbackUrl, check, "/callback_url");
        return new(
            RouteResolution.Request(request.Content!, request.Context, request.History, request.UserContext, check),
            request.Strategy is null ? null : RouteResolution.Strategy(request.Strategy, check),
            execution,
            GoesOn(request.ShouldContinueOnFailure, check),
            SecondsText.Read(request.Timeout, "/timeout", RouteRules.TimeoutMin, RouteRules.TimeoutMax, check) ?? options.Value.Timeout,
            PriorityText.Read(request.Priority, check),
            TaskStart.Tags(request.Metadata, check),
            request.CallbackUrl);
    }

    // S4-28: one word for all, or one for each agent by name. A chain stops at a failure unless it is told to go on.
    private static Func<string, bool> GoesOn(JsonElement? given, RequestCheck check)
    {
        switch (given)
        {
            case null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False }:
                return _ => false;
            case { ValueKind: JsonValueKind.True }:
                return _ => true;
            case { ValueKind: JsonValueKind.Object } each when each.EnumerateObject().All(agent => agent.Value.ValueKind is JsonValueKind.True or JsonValueKind.False):
                var named = each.EnumerateObject().Where(agent => agent.Value.ValueKind == JsonValueKind.True).Select(agent => agent.Name).ToHashSet(StringComparer.Ordinal);
                return named.Contains;
            default:
                check.Member("/should_continue_on_failure", "It is true, false, or an object that gives one of them for each agent by its name.");
                return _ => false;
        }
    }

    private double Seconds(long started) => Math.Round(clock.GetElapsedTime(started).TotalSeconds, 3);

    private sealed record Asked(
        RoutingRequest Request,
        RoutingStrategy? Strategy,
        string? Execution,
        Func<string, bool> GoesOn,
        TimeSpan Timeout,
        int Priority,
        ImmutableSortedDictionary<string, string> Tags,
        string? CallbackUrl);
}
