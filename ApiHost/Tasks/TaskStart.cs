using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Routes;
using Orchestrator.Grains;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Routing;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>Takes tasks on: the route by its pattern, the agent by its route, one workflow of one step.</summary>
internal sealed class TaskStart(IGrainFactory grains, WorkflowStarting starting, WorkflowWait wait, IOptions<TaskOptions> options)
{
    public const string Route = "POST /orchestrate";
    private const string ReservedPrefix = "orc.";
    private const string PollAfterSeconds = "1";
    private static readonly Payload WholeInput = Payload.From("${{ input }}");

    public async Task<IResult> StartAsync(HttpContext http, OrchestrateRequest request, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var (reply, agent, problem) = await TakeOnAsync(request, fingerprint, key is null ? null : "orchestrate:" + key, TraceContext.TraceParentOf(http), cancellationToken);
        return problem is not null ? problem : await AnswerAsync(http, reply!, agent, cancellationToken);
    }

    /// <summary>Takes a task on, whichever way it came. Without a problem it is durable, and there is a reply.</summary>
    /// <param name="key">With its scope: what the task is known by when it comes again; null for one that is new each time.</param>
    public async Task<(StartReply? Reply, string Agent, ApiProblem? Problem)> TakeOnAsync(
        OrchestrateRequest request, string fingerprint, string? key, string? traceParent, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var priority = PriorityText.ReadOptional(request.Priority, check);
        var timeout = SecondsText.Read(request.Timeout, "/timeout", RouteRules.TimeoutMin, RouteRules.TimeoutMax, check);
        var tags = Tags(request.Metadata, check);
        WorkflowStart.CheckCallback(request.CallbackUrl, check, "/callback_url");
        if (check.Problem is { } wrong)
        {
            return (null, "", wrong);
        }

        var decision = await grains.Router().DecideAsync(new RoutingQuery(request.Pattern), cancellationToken);
        if (decision.Refusal is { } unrouted)
        {
            return (null, "", ApiProblem.From(unrouted with { Message = RequestCheck.Shown(unrouted.Message, 200) }));
        }

        var agent = decision.Chosen.First();
        if (await grains.Agent(agent.Agent).AdmitAsync(cancellationToken) is { } refused)
        {
            return (null, agent.Agent, Refused(agent.Agent, refused));
        }

        var reply = await starting.TakeOnAsync(
            new StartWorkflow(
                Plan(decision, agent, timeout),
                request.Payload ?? Payload.EmptyObject,
                priority ?? decision.Route?.Priority ?? PriorityText.Default,
                tags,
                fingerprint,
                key,
                CallbackUrl: request.CallbackUrl,
                TraceParent: traceParent),
            cancellationToken);
        return (reply, agent.Agent, reply.Refusal is { } refusal ? ApiProblem.From(refusal) : null);
    }

    /// <summary>The exact words of S2-42 and S2-44 for whoever cannot be called; what is to be configured stands beside them.</summary>
    public static ApiProblem Refused(string agent, Refusal refusal) => refusal.Code == "agent.disabled"
        ? ApiProblem.Of(refusal.Code, Decisions.Agents.Admission.Unavailable(agent)) with { Errors = [new(refusal.Message, refusal.Code)] }
        : ApiProblem.From(refusal);

    private async Task<IResult> AnswerAsync(HttpContext http, StartReply reply, string agent, CancellationToken cancellationToken)
    {
        http.Response.Headers.Location = "/status/" + TaskIds.Write(reply.Id);
        var preference = Preference.Read(http.Request);
        preference.Apply(http.Response);
        if (preference.Wait is { } patience)
        {
            await wait.UntilEndAsync(reply.Id, after: 0, patience, cancellationToken);
            if (await grains.Workflow(reply.Id).GetAsync(cancellationToken) is { } ended && ended.Status.IsFinal())
            {
                return Results.Json(TaskStatusResponse.Of(ended), ApiJson.Responses);
            }
        }

        // A repeated task gets the answer of the first one, whatever its route has come to mean since.
        var createdAt = reply.CreatedAt;
        if (reply.Replayed)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            if (await grains.Workflow(reply.Id).GetAsync(cancellationToken) is { } first)
            {
                createdAt = first.CreatedAt;
                agent = first.Plan.Steps[0].AgentId ?? agent;
            }
        }

        http.Response.Headers.RetryAfter = PollAfterSeconds;
        return Results.Json(
            new TaskAcceptedResponse(TaskIds.Write(reply.Id), TaskStatusResponse.Queued, agent, createdAt, createdAt), ApiJson.Responses, statusCode: StatusCodes.Status202Accepted);
    }

    private Plan Plan(RoutingDecision decision, RoutingCandidate agent, TimeSpan? timeout) => new(
        decision.Route!.Name,
        [new Step("task", agent.Agent, agent.Action, WholeInput, [], options.Value.ToPolicy(), timeout ?? decision.Route.Timeout ?? options.Value.Timeout)],
        Description: decision.Reasoning);

    internal static ImmutableSortedDictionary<string, string> Tags(ImmutableSortedDictionary<string, JsonElement>? metadata, RequestCheck check)
    {
        var tags = (metadata ?? ImmutableSortedDictionary<string, JsonElement>.Empty)
            .ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText(), StringComparer.Ordinal);
        TagText.Check(tags, check, "/metadata");
        foreach (var key in tags.Keys.Where(key => key.StartsWith(ReservedPrefix, StringComparison.Ordinal)))
        {
            check.Member("/metadata" + JsonPointer.Of(key), $"Words that begin with '{ReservedPrefix}' are the orchestrator's own.");
        }

        return tags;
    }
}
