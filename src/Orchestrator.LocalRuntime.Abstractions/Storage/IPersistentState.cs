namespace Orchestrator.LocalRuntime;

/// <summary>A stored record of one grain.</summary>
public interface IStorage
{
    string? Etag { get; }

    bool RecordExists { get; }

    /// <summary>Removes the record if nobody changed it since it was read; otherwise throws <see cref="InconsistentStateException"/>.</summary>
    Task ClearStateAsync();

    /// <summary>Stores the state if nobody changed the record since it was read; otherwise throws <see cref="InconsistentStateException"/>.</summary>
    Task WriteStateAsync();

    /// <summary>Reads the record again and forgets unsaved changes.</summary>
    Task ReadStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}

/// <summary>A record that is read before the grain's <c>OnActivateAsync</c>. Ask for it in the constructor, marked with <see cref="PersistentStateAttribute"/>.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Names the record and the storage it lives in.</summary>
/// <param name="stateName">Tells the records of one grain apart.</param>
/// <param name="storageName">The key of an <see cref="IGrainStorage"/> service; <c>Default</c> where left out.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;

    public string? StorageName { get; } = storageName;
}
