using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.ApiHost.Subscriptions;

/// <summary>What is to be done about events.</summary>
internal static class SubscriptionEndpoints
{
    public static void MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/subscriptions/{name}", PutAsync)
            .WithName("putSubscription")
            .WithSummary("Add or replace a subscription")
            .WithDescription("For each event of the topic that fits, one workflow, once: after the answer, for every event that is published from then on, whatever "
                + "crashes. A new one needs no condition, or `If-None-Match: *`; an existing one needs `If-Match` with its ETag. One that is replaced goes on where it was, "
                + "unless its topic is another. An event that came over `Subscriptions:HopsMax` subscriptions starts nothing more.")
            .Accepts<SubscriptionRequestBody>("application/json")
            .Example("""{"topic": "agents", "types": ["agent:insight"], "when": "input.data.insight.type == 'struggling_detected'", "agent": "tutor_agent", "input": {"concept": "${{ input.data.insight.data.concept }}"}}""")
            .Produces<SubscriptionResponse>()
            .Produces<SubscriptionResponse>(StatusCodes.Status201Created)
            .Conditional()
            .Fails("subscription.too_many", "subscription.version", "precondition.failed", "precondition.required", "storage.full");

        routes.MapGet("/subscriptions/{name}", GetAsync)
            .WithName("getSubscription")
            .WithSummary("Read a subscription")
            .Produces<SubscriptionResponse>()
            .Fails("subscription.unknown");

        routes.MapGet("/subscriptions/{name}/progress", ProgressAsync)
            .WithName("getSubscriptionProgress")
            .WithSummary("See how far a subscription is")
            .Produces<SubscriptionProgressResponse>()
            .Fails("subscription.unknown");

        routes.MapGet("/subscriptions", ListAsync)
            .WithName("listSubscriptions")
            .WithSummary("List subscriptions by name")
            .Produces<Page<SubscriptionResponse>>()
            .Fails("cursor.invalid");

        routes.MapDelete("/subscriptions/{name}", RemoveAsync)
            .WithName("removeSubscription")
            .WithSummary("Forget a subscription")
            .WithDescription("Needs `If-Match` with its ETag, or `*`. Workflows that it has started run on.")
            .Produces(StatusCodes.Status204NoContent)
            .Conditional()
            .Fails("subscription.unknown", "subscription.declared", "subscription.version", "precondition.failed", "precondition.required");
    }

    private static async Task<IResult> PutAsync(HttpContext http, string name, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (subscription, problem) = await body.JsonAsync<SubscriptionRequestBody, Subscription>(http.Request, (request, check) => request.Subscription(name, check), cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var present = await grains.SubscriptionTable().GetAsync(name, cancellationToken);
        return await new Versioned(http, "subscription", name, present?.Version).PutAsync(
            async expected => (await grains.SubscriptionTable().PutAsync(subscription!, expected, cancellationToken)).Refusal,
            status => ShowAsync(http, name, grains, status, cancellationToken));
    }

    private static Task<IResult> GetAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        ShowAsync(http, name, grains, StatusCodes.Status200OK, cancellationToken);

    private static async Task<IResult> ProgressAsync(string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await grains.SubscriptionTable().GetAsync(name, cancellationToken) is null)
        {
            return Unknown(name);
        }

        var progress = await grains.Subscription(name).ProgressAsync(cancellationToken);
        return Results.Json(new SubscriptionProgressResponse(name, progress.After, progress.Started, progress.Cut, progress.LastProblem), ApiJson.Responses);
    }

    private static Task<IResult> ListAsync([AsParameters] PageQuery page, IGrainFactory grains, CancellationToken cancellationToken) =>
        page.AnswerAsync("subscriptions", () => grains.SubscriptionTable().ListAsync(cancellationToken), view => view.Subscription.Name, SubscriptionResponse.Of);

    private static async Task<IResult> RemoveAsync(HttpContext http, string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await grains.SubscriptionTable().GetAsync(name, cancellationToken) is not { } present)
        {
            return Unknown(name);
        }

        return await new Versioned(http, "subscription", name, present.Version).RemoveAsync(async expected => (await grains.SubscriptionTable().RemoveAsync(name, expected, cancellationToken)).Refusal);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string name, IGrainFactory grains, int status, CancellationToken cancellationToken)
    {
        if (await grains.SubscriptionTable().GetAsync(name, cancellationToken) is not { } view)
        {
            return Unknown(name);
        }

        return new Versioned(http, "subscription", name, view.Version).Show(SubscriptionResponse.Of(view), status);
    }

    private static ApiProblem Unknown(string name) => ApiProblem.Of("subscription.unknown", $"There is no subscription '{RequestCheck.Shown(name)}'.");
}
