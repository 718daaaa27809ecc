namespace Orchestrator.Grains.Topics;

/// <summary>Tells the topic <c>workflows</c> what the journal has left to be told. The key is always <see cref="Key"/>, so that one silo tells for all.</summary>
[Alias("workflow-news")]
public interface IWorkflowNewsGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Tells what there is and returns. Called again and again by every silo; while one call is at it, others return at once.</summary>
    [Alias("tell"), AlwaysInterleave]
    Task TellAsync(CancellationToken cancellationToken = default);
}
