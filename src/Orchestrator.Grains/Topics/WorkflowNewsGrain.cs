using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Has the store tell what is untold, and lets the topic's readers know.</summary>
public sealed class WorkflowNewsGrain(IWorkflowNews news) : Grain, IWorkflowNewsGrain
{
    /// <summary>News told in one append.</summary>
    private const int BatchMax = 500;

    /// <summary>Batches of one call, so that no call outlasts its caller's patience.</summary>
    private const int BatchesMax = 20;

    private bool telling;
    private long noted;

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
        var told = await news.TellAsync(BatchMax, cancellationToken);
        if (told.Last > noted)
        {
            await GrainFactory.Topic(WorkflowNews.Topic).NoteAsync(told.Last, cancellationToken);
            noted = told.Last;
        }

        return told.More;
    }
}
