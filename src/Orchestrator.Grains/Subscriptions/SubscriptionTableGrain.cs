using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>All subscriptions, as one record beside what the configuration declares, and who of them has something to do.</summary>
public sealed partial class SubscriptionTableGrain(
    [PersistentState("subscriptions")] IPersistentState<StoredSubscriptions> stored,
    IEnumerable<IDeclared<Subscription>> declared,
    ITopicLog log,
    IOptions<SubscriptionOptions> options,
    ILogger<SubscriptionTableGrain> logger) : Grain, ISubscriptionTableGrain
{
    // How far each stands, as it said last. Forgotten with the activation, and then asked for again.
    private readonly Dictionary<string, (string Topic, long After)> known = new(StringComparer.Ordinal);
    private bool driving;

    public async Task<SubscriptionReply> PutAsync(Subscription subscription, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        var complete = SubscriptionRules.Complete(subscription);
        if (SubscriptionRules.Check(complete) is { } invalid)
        {
            return new SubscriptionReply(null, invalid);
        }

        var present = Find(complete.Name);
        var json = StoredSubscriptions.Write(complete);
        if (present is not null && StoredSubscriptions.Write(present.Subscription) == json)
        {
            return new SubscriptionReply(present.Version);
        }

        if (RecordVersion.Stale("subscription", complete.Name, present?.Version, expectedVersion) is { } stale)
        {
            return new SubscriptionReply(present?.Version, stale);
        }

        var before = stored.State.Subscriptions.Find(kept => kept.Name == complete.Name);
        if (before is null && stored.State.Subscriptions.Count >= options.Value.StoredMax)
        {
            return new SubscriptionReply(null, new Refusal("subscription.too_many", $"{stored.State.Subscriptions.Count} subscriptions are stored, which is as many as may be."));
        }

        // Begun before it is stored, so that what is published after the answer is acted on, however long it takes until somebody looks.
        await GrainFactory.Subscription(complete.Name).BeginAsync(complete, cancellationToken);
        var revision = stored.State.LastRevision + 1;
        var kept = new StoredSubscriptions.Entry { Name = complete.Name, Subscription = json, Revision = revision };
        await stored.KeepAsync(new StoredSubscriptions
        {
            LastRevision = revision,
            Subscriptions = before is null ? [.. stored.State.Subscriptions, kept] : [.. stored.State.Subscriptions.Select(other => other.Name == kept.Name ? kept : other)],
        });
        return new SubscriptionReply(VersionOf(revision));
    }

    public async Task<SubscriptionReply> RemoveAsync(string name, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        if (Find(name) is not { } present)
        {
            return new SubscriptionReply(null, new Refusal("subscription.unknown", $"There is no subscription '{name}'."));
        }

        if (present.Declared)
        {
            return new SubscriptionReply(present.Version, new Refusal("subscription.declared", $"Subscription '{name}' comes from the configuration. Replace it by one that is not enabled, or change it there."));
        }

        if (RecordVersion.Stale("subscription", name, present.Version, expectedVersion) is { } stale)
        {
            return new SubscriptionReply(present.Version, stale);
        }

        await stored.KeepAsync(new StoredSubscriptions { LastRevision = stored.State.LastRevision + 1, Subscriptions = [.. stored.State.Subscriptions.Where(kept => kept.Name != name)] });
        known.Remove(name);
        if (Find(name) is null)
        {
            await GrainFactory.Subscription(name).ForgetAsync(cancellationToken);
        }

        return new SubscriptionReply(Find(name)?.Version);
    }

    public Task<SubscriptionView?> GetAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(Find(name));

    public Task<ImmutableArray<SubscriptionView>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult(Views());

    public async Task DriveAsync(CancellationToken cancellationToken = default)
    {
        if (driving)
        {
            return;
        }

        driving = true;
        try
        {
            // One look at each topic, however many subscribe to it; only those who are behind have anything to do.
            foreach (var topic in Views().Select(view => view.Subscription).GroupBy(subscription => subscription.Topic))
            {
                var last = (await log.ReadAsync(new TopicName(topic.Key), long.MaxValue, 1, cancellationToken)).Last;
                var behind = topic.Where(subscription => known.GetValueOrDefault(subscription.Name) != (subscription.Topic, last));
                await Task.WhenAll(behind.Select(subscription => ReactAsync(subscription, cancellationToken)));
            }
        }
        finally
        {
            driving = false;
        }
    }

    private async Task ReactAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            known[subscription.Name] = (subscription.Topic, await GrainFactory.Subscription(subscription.Name).ReactAsync(subscription, cancellationToken));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // It has noted nothing and acts on the same events in the next round; the others are not held up by it.
            LogFailed(failure, subscription.Name);
        }
    }

    private SubscriptionView? Find(string name) => Views().FirstOrDefault(view => view.Subscription.Name == name);

    private ImmutableArray<SubscriptionView> Views()
    {
        var own = stored.State.Subscriptions.Select(kept => new SubscriptionView(StoredSubscriptions.Parse(kept.Subscription), VersionOf(kept.Revision), Declared: false)).ToList();
        var others = (declared.LastOrDefault()?.All ?? [])
            .Where(rule => own.TrueForAll(kept => kept.Subscription.Name != rule.Name))
            .Select(rule => new SubscriptionView(rule, RecordVersion.Declared(StoredSubscriptions.Write(rule)), Declared: true));
        return [.. own.Concat(others).OrderBy(view => view.Subscription.Name, StringComparer.Ordinal)];
    }

    private static string VersionOf(long revision) => RecordVersion.Stored('s', revision);


    [LoggerMessage(EventId = 1573, EventName = "SubscriptionFailed", Level = LogLevel.Warning,
        Message = "Subscription {Subscription} could not act on what is new; it tries again")]
    private partial void LogFailed(Exception failure, string subscription);
}
