using Microsoft.Extensions.Options;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>The topics this process follows for its event streams and sockets: each once, for as long as somebody reads it here.</summary>
internal sealed class TopicFeeds(IGrainFactory grains, IOptions<ApiOptions> options, TimeProvider clock, ILogger<TopicFeeds> logger) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<TopicName, TopicFeed> feeds = [];

    public TopicFeed Follow(TopicName topic, EventWake wake)
    {
        lock (gate)
        {
            if (!feeds.TryGetValue(topic, out var feed))
            {
                feeds.Add(topic, feed = new TopicFeed(topic, grains.TopicReader(topic), options.Value.StreamEventsMax, clock, logger));
                feed.Start();
            }

            feed.Followers++;
            feed.Add(wake);
            return feed;
        }
    }

    public void Leave(TopicFeed feed, EventWake wake)
    {
        lock (gate)
        {
            feed.Remove(wake);
            if (--feed.Followers == 0)
            {
                feeds.Remove(feed.Topic);
                feed.Stop();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var feed in feeds.Values)
            {
                feed.Stop();
            }

            feeds.Clear();
        }
    }
}
