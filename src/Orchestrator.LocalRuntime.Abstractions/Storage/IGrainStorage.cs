namespace Orchestrator.LocalRuntime;

/// <summary>A store of grain records, found as a keyed service by its name.</summary>
/// <remarks>
/// Reading sets state, ETag and whether the record exists; where it does not exist, the state is a new one.
/// Writing and clearing compare the ETag with the stored one and throw <see cref="InconsistentStateException"/> where they differ.
/// When a write completes the record survives a crash, as far as the store promises that at all.
/// </remarks>
public interface IGrainStorage
{
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) => ReadStateAsync(stateName, grainId, grainState);

    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) => WriteStateAsync(stateName, grainId, grainState);

    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) => ClearStateAsync(stateName, grainId, grainState);
}

/// <summary>A record in memory, between a grain and its store.</summary>
public interface IGrainState<T>
{
    T? State { get; set; }

    string? ETag { get; set; }

    bool RecordExists { get; set; }
}

public sealed class GrainState<T> : IGrainState<T>
{
    public GrainState()
    {
    }

    public GrainState(T? state, string? eTag = null) => (State, ETag) = (state, eTag);

    public T? State { get; set; }

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}

/// <summary>Someone else has changed the record since it was read. Where it leaves a grain's method, the activation ends and the next one reads again.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException(string message) : base(message)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException = null)
        : base($"{errorMsg} (stored ETag {storedEtag ?? "none"}, ours {currentEtag ?? "none"})", storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public string? StoredEtag { get; }

    public string? CurrentEtag { get; }

    // A caller's activation is healthy when this comes to it out of a call, so only the first one ends.
    internal bool IsSourceActivation { get; set; } = true;
}
