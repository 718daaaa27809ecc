namespace Orchestrator.Grains.Queues;

/// <summary>Tells the message queue how workflows ended. The key is always <see cref="Key"/>, so that one silo reads for all.</summary>
[Alias("result-relay")]
public interface IResultRelayGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Tells what there is and returns. Called again and again by every silo; while one call is at it, or the broker rests after a failure, it returns at once.</summary>
    /// <remarks>How far it has told is kept after the broker has confirmed it: a crash in between has the same told again, under the same ids.</remarks>
    [Alias("relay"), AlwaysInterleave]
    Task RelayAsync(CancellationToken cancellationToken = default);
}
