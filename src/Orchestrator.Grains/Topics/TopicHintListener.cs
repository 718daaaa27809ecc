using Microsoft.Extensions.Logging;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Subscribes this process to the streams of the topics that are followed in it, and rings their bells.</summary>
/// <remarks>
/// It subscribes as a client and not as a grain, because a process is what wants to be told: a client's subscription is this process's own, is
/// delivered here wherever the topic lives, and is dropped by the runtime when the process is gone.
/// </remarks>
public sealed partial class TopicHintListener(IClusterClient client, TopicBells bells, TimeProvider clock, ILogger<TopicHintListener> logger)
{
    /// <summary>How soon a subscription that failed is tried again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly Dictionary<TopicName, StreamSubscriptionHandle<TopicHint>> heard = [];

    /// <summary>Runs until cancelled, then ends its subscriptions.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var change = bells.FollowedChange;
                var settled = await SettleAsync();
                await WaitAsync(change, settled ? Timeout.InfiniteTimeSpan : RetryAfter, cancellationToken);
            }
        }
        finally
        {
            foreach (var (topic, handle) in heard)
            {
                await TryAsync(topic, handle.UnsubscribeAsync);
            }
        }
    }

    private async Task WaitAsync(Task change, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What failed is tried again.
        }
    }

    private async Task<bool> SettleAsync()
    {
        var followed = bells.Followed.ToHashSet();
        var settled = true;
        foreach (var topic in heard.Keys.Where(topic => !followed.Contains(topic)).ToArray())
        {
            heard.Remove(topic, out var handle);
            settled &= await TryAsync(topic, handle!.UnsubscribeAsync);
        }

        foreach (var topic in followed.Where(topic => !heard.ContainsKey(topic)).ToArray())
        {
            settled &= await TryAsync(topic, async () => heard[topic] = await Stream(topic).SubscribeAsync((hint, _) =>
            {
                bells.Ring(hint.Topic, hint.Last);
                return Task.CompletedTask;
            }));
        }

        return settled;
    }

    private IAsyncStream<TopicHint> Stream(TopicName topic) =>
        client.GetStreamProvider(TopicStreams.ProviderName).GetStream<TopicHint>(TopicStreams.Namespace, topic.Value);

    private async Task<bool> TryAsync(TopicName topic, Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (Exception failure)
        {
            LogSubscriptionFailed(failure, topic);
            return false;
        }
    }

    [LoggerMessage(EventId = 1521, EventName = "TopicSubscriptionFailed", Level = LogLevel.Warning,
        Message = "The stream of topic {Topic} could not be subscribed to or left; its readers look by themselves until it can")]
    private partial void LogSubscriptionFailed(Exception exception, TopicName topic);
}
