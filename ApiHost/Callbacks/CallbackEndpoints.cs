using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Callbacks;

/// <summary>How a callback stands.</summary>
/// <param name="Url">Where it goes, without its query; absent when the workflow is no longer kept.</param>
/// <param name="Tries">Tries made since it was last asked for.</param>
/// <param name="LastStatus">The HTTP status of the newest answer.</param>
/// <param name="LastProblem">Why the newest try failed.</param>
/// <param name="NextAt">When it is tried next.</param>
internal sealed record CallbackResponse(
    string Workflow, string? Url, CallbackState State, int Tries, int? LastStatus, string? LastProblem, DateTimeOffset? LastTriedAt, DateTimeOffset? NextAt)
{
    public static CallbackResponse Of(CallbackView view) =>
        new(view.Workflow, view.Url, view.State, view.Tries, view.LastStatus, view.LastProblem, view.LastTriedAt, view.NextAt);
}

/// <summary>The callbacks of workflows that have ended.</summary>
internal static class CallbackEndpoints
{
    public static void MapCallbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/callbacks/{workflow}", (string workflow, IGrainFactory grains, CancellationToken cancellationToken) =>
                AnswerAsync(workflow, grains, callback => callback.GetAsync(cancellationToken)))
            .WithName("getCallback")
            .WithSummary("Read how the callback of a workflow stands")
            .WithDescription("There is one from the end of a workflow on that was started with a `callbackUrl`.")
            .Produces<CallbackResponse>()
            .Fails("callback.not_found");

        routes.MapPost("/callbacks/{workflow}/redeliver", (string workflow, IGrainFactory grains, CancellationToken cancellationToken) =>
                AnswerAsync(workflow, grains, callback => callback.RedeliverAsync(cancellationToken)))
            .WithName("redeliverCallback")
            .WithSummary("Have a callback told once more")
            .WithDescription("Also one that has arrived or was given up. It carries the same `webhook-id`, by which a receiver knows what it has seen.")
            .Produces<CallbackResponse>()
            .Fails("callback.not_found");
    }

    private static async Task<IResult> AnswerAsync(string workflow, IGrainFactory grains, Func<ICallbackGrain, Task<CallbackView?>> ask) =>
        WorkflowId.TryParse(workflow, out var id) && await ask(grains.Callback(id)) is { } view
            ? Results.Json(CallbackResponse.Of(view), ApiJson.Responses)
            : ApiProblem.Of("callback.not_found", $"No callback is owed for workflow '{RequestCheck.Shown(workflow)}'.");
}
