using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Execution.Topics;

/// <summary>What one topic keeps.</summary>
/// <param name="Age">Older events go.</param>
/// <param name="CountMax">More events go, the oldest first.</param>
public sealed record TopicKeeping(TimeSpan Age, long CountMax);

/// <summary>Deletes what topics need not keep, a little at a time between the appends.</summary>
/// <param name="keepingOf">What each topic keeps.</param>
/// <param name="batchMax">Events that one transaction may delete.</param>
public sealed class TopicTrimming(ITopicLog log, Func<TopicName, TopicKeeping> keepingOf, int batchMax, TimeProvider clock)
{
    private const int TopicsPerPage = 200;

    /// <summary>Sweeps for ever, until cancelled. A store that is away is tried again after <paramref name="interval"/>.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (StorageUnavailableException)
            {
                // Publishers report it; what is due to go goes later.
            }

            await Task.Delay(interval, clock, cancellationToken);
        }
    }

    /// <summary>One pass over all topics; gives how many events went. Cancelling stops between two transactions.</summary>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        var gone = 0L;
        TopicName? after = null;
        while (true)
        {
            var topics = await log.ListAsync(after, TopicsPerPage, cancellationToken);
            foreach (var topic in topics)
            {
                gone += await TrimAsync(topic.Name, cancellationToken);
            }

            if (topics.Length < TopicsPerPage)
            {
                return gone;
            }

            after = topics[^1].Name;
        }
    }

    private async Task<long> TrimAsync(TopicName topic, CancellationToken cancellationToken)
    {
        var keeping = keepingOf(topic);
        var kept = new TopicKept(clock.GetUtcNow() - keeping.Age, keeping.CountMax);
        var gone = 0L;
        int batch;
        do
        {
            batch = await log.TrimAsync(topic, kept, batchMax, cancellationToken);
            gone += batch;
        }
        while (batch == batchMax);

        return gone;
    }
}
