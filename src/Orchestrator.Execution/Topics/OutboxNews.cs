using Orchestrator.Decisions.Workflows;

namespace Orchestrator.Execution.Topics;

/// <summary>Tells from an outbox: reads what is untold, publishes it, then removes it. In this order, so that a crash tells again and never forgets.</summary>
public sealed class OutboxNews(INewsOutbox outbox, ITopicLog log, TimeProvider clock) : IWorkflowNews
{
    public async ValueTask<NewsTold> TellAsync(int limit, CancellationToken cancellationToken)
    {
        var untold = await outbox.ReadAsync(limit, cancellationToken);
        if (untold.IsEmpty)
        {
            var page = await log.ReadAsync(WorkflowNews.Topic, after: long.MaxValue, limit: 1, cancellationToken);
            return new NewsTold(page.Last, More: false);
        }

        var last = 0L;
        foreach (var topic in untold.GroupBy(one => WorkflowNews.TopicOf(one.Event)))
        {
            var append = new TopicAppend(topic.Key, [.. topic.Select(one => one.Event)], clock.GetUtcNow());
            if (await log.AppendAsync(append, cancellationToken) is not TopicAppendOutcome.Appended appended)
            {
                throw new InvalidOperationException($"Topic {topic.Key} was not begun, although there is always room for it.");
            }

            last = topic.Key == WorkflowNews.Topic ? appended.Last : last;
        }

        await outbox.RemoveAsync(untold, cancellationToken);
        return new NewsTold(last, More: untold.Length == limit);
    }
}
