using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Records;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>Reads a topic for one subscription, starts what follows, then notes how far it has read: in this order, so that a crash starts again and never forgets.</summary>
public sealed partial class SubscriptionGrain(
    [PersistentState("subscription")] IPersistentState<StoredSubscription> stored, ITopicLog log, IOptions<SubscriptionOptions> options, ILogger<SubscriptionGrain> logger)
    : Grain, ISubscriptionGrain
{
    /// <summary>Batches of one call, so that no call outlasts its caller's patience.</summary>
    private const int BatchesMax = 5;

    private const int ProblemLengthMax = 500;

    public async Task BeginAsync(Subscription subscription, CancellationToken cancellationToken = default)
    {
        if (stored.State.Topic != subscription.Topic)
        {
            var page = await log.ReadAsync(new TopicName(subscription.Topic), long.MaxValue, 1, cancellationToken);
            await stored.KeepAsync(new StoredSubscription { Topic = subscription.Topic, After = page.Last });
        }
    }

    public async Task<long> ReactAsync(Subscription subscription, CancellationToken cancellationToken = default)
    {
        await BeginAsync(subscription, cancellationToken);
        for (var batch = 0; batch < BatchesMax && await ReactToBatchAsync(subscription, cancellationToken); batch++)
        {
        }

        return stored.State.After;
    }

    public async Task ForgetAsync(CancellationToken cancellationToken = default)
    {
        await stored.ClearStateAsync(CancellationToken.None);
        stored.State = new StoredSubscription();
        DeactivateOnIdle();
    }

    public Task<SubscriptionProgress> ProgressAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new SubscriptionProgress(stored.State.After, stored.State.Started, stored.State.Cut, stored.State.LastProblem));

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> ReactToBatchAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var after = stored.State.After;
        var page = await log.ReadAsync(new TopicName(subscription.Topic), after, options.Value.BatchMax, cancellationToken);
        if (page.HasLost(after))
        {
            LogLost(subscription.Name, after, page.First, page.Last);
        }

        if (page.Events is not [.., var newest])
        {
            if (after > page.Last)
            {
                // The topic was put back to before this place: what comes now is new again.
                await stored.KeepAsync(Noted(page.Last, []));
            }

            return false;
        }

        var outcomes = subscription.Enabled
            ? await Task.WhenAll(page.Events.Select(kept => FollowAsync(subscription, SubscriptionDecisions.React(subscription, kept, options.Value.HopsMax), kept.Number, cancellationToken)))
            : [];
        await stored.KeepAsync(Noted(newest.Number, outcomes));
        return page.Events.Length == options.Value.BatchMax;
    }

    private async Task<Outcome> FollowAsync(Subscription subscription, Reaction reaction, long number, CancellationToken cancellationToken)
    {
        switch (reaction)
        {
            case Reaction.Start start:
                return await StartAsync(subscription, start, number, cancellationToken);
            case Reaction.Cut cut:
                return Cut(subscription, number, cut.Reason);
            default:
                return default;
        }
    }

    private async Task<Outcome> StartAsync(Subscription subscription, Reaction.Start start, long number, CancellationToken cancellationToken)
    {
        var named = subscription.Plan is { } name ? await GrainFactory.Plan(name).GetAsync(null, cancellationToken) : null;
        if (subscription.Plan is not null && named is null)
        {
            return Cut(subscription, number, $"There is no plan '{subscription.Plan}'.");
        }

        // The event alone says which workflow it is: started again after a crash it is the same one, whatever the subscription has come to say since.
        var reply = await GrainFactory.Workflow(start.Id).StartAsync(
            new StartWorkflow(
                named?.Plan ?? SubscriptionDecisions.PlanOf(subscription), start.Input, subscription.Priority, start.Tags, Fingerprint: start.Id.Value,
                PlanName: named?.Name, PlanVersion: named?.Version),
            cancellationToken);
        return reply.Refusal switch
        {
            null => new Outcome(Started: true),
            { RetryAfter: not null } busy => throw new InvalidOperationException($"Subscription '{subscription.Name}' cannot act on event {number} now: {busy.Message}"),
            { } refusal => Cut(subscription, number, refusal.Message),
        };
    }

    private Outcome Cut(Subscription subscription, long number, string reason)
    {
        LogCut(subscription.Name, number, reason);
        return new Outcome(Problem: reason);
    }

    private StoredSubscription Noted(long after, Outcome[] outcomes)
    {
        var problems = outcomes.Select(outcome => outcome.Problem).OfType<string>().ToList();
        return new StoredSubscription
        {
            Topic = stored.State.Topic,
            After = after,
            Started = stored.State.Started + outcomes.Count(outcome => outcome.Started),
            Cut = stored.State.Cut + problems.Count,
            LastProblem = problems is [.., var last] ? (last.Length > ProblemLengthMax ? last[..ProblemLengthMax] : last) : stored.State.LastProblem,
        };
    }

    private readonly record struct Outcome(bool Started = false, string? Problem = null);

    [LoggerMessage(EventId = 1571, EventName = "SubscriptionCut", Level = LogLevel.Warning,
        Message = "Nothing follows from event {Number} for subscription {Subscription}: {Reason}")]
    private partial void LogCut(string subscription, long number, string reason);

    [LoggerMessage(EventId = 1572, EventName = "SubscriptionLost", Level = LogLevel.Error,
        Message = "Events after number {After} went from their topic before subscription {Subscription} had seen them (it holds {First} to {Last}); raise what the topic keeps")]
    private partial void LogLost(string subscription, long after, long first, long last);
}
