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

        var append = new TopicAppend(WorkflowNews.Topic, [.. untold.Select(one => one.Event)], clock.GetUtcNow());
        if (await log.AppendAsync(append, cancellationToken) is not TopicAppendOutcome.Appended appended)
        {
            throw new InvalidOperationException($"Topic {WorkflowNews.Topic} was not begun, although there is always room for it.");
        }

        await outbox.RemoveAsync(untold, cancellationToken);
        return new NewsTold(appended.Last, More: untold.Length == limit);
    }
}
