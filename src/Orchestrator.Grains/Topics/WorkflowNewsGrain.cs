using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Reads what is untold, publishes it, then removes it: in this order, so that a crash tells again and never forgets.</summary>
public sealed class WorkflowNewsGrain(IWorkflowNews news) : Grain, IWorkflowNewsGrain
{
    /// <summary>News told in one append.</summary>
    private const int BatchMax = 500;

    /// <summary>Batches of one call, so that no call outlasts its caller's patience.</summary>
    private const int BatchesMax = 20;

    private bool telling;

    public async Task TellAsync(CancellationToken cancellationToken = default)
    {
        if (telling)
        {
            return;
        }

        telling = true;
        try
        {
            for (var batch = 0; batch < BatchesMax && await TellBatchAsync(cancellationToken); batch++)
            {
            }
        }
        finally
        {
            telling = false;
        }
    }

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> TellBatchAsync(CancellationToken cancellationToken)
    {
        var untold = await news.ReadAsync(BatchMax, cancellationToken);
        if (untold.IsEmpty)
        {
            return false;
        }

        var reply = await GrainFactory.Topic(WorkflowNews.Topic).PublishAsync([.. untold.Select(one => one.Event)], cancellationToken);
        if (reply.Refusal is not null)
        {
            // The topic is busy, or there is no room for it. It stays untold, and is told later.
            return false;
        }

        await news.RemoveAsync(untold, cancellationToken);
        return untold.Length == BatchMax;
    }
}
