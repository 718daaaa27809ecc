using System.Collections.Immutable;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Hands the list of topics out, on whichever silo is asked.</summary>
[StatelessWorker]
public sealed class TopicIndexGrain(ITopicLog log) : Grain, ITopicIndexGrain
{
    public Task<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken = default) =>
        log.ListAsync(after, limit, cancellationToken).AsTask();
}
