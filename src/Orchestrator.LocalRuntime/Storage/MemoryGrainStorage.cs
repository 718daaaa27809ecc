using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.LocalRuntime;

/// <summary>Keeps grain records in memory, as JSON, so that what a grain reads is never what another still holds in its hand.</summary>
/// <remarks>Lives as long as the object: in a simulation, share one between silos and it outlives their crashes.</remarks>
public sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), (byte[] Json, long Version)> records = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var exists = records.TryGetValue((stateName, grainId), out var record);
        grainState.State = exists ? JsonSerializer.Deserialize<T>(record.Json) : New<T>();
        grainState.ETag = exists ? Etag(record.Version) : null;
        grainState.RecordExists = exists;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        var written = records.AddOrUpdate(
            (stateName, grainId),
            _ => grainState.ETag is null ? (json, 1) : throw Conflict("Write", stateName, grainId, null, grainState.ETag),
            (_, stored) => grainState.ETag == Etag(stored.Version) ? (json, stored.Version + 1) : throw Conflict("Write", stateName, grainId, Etag(stored.Version), grainState.ETag));
        grainState.ETag = Etag(written.Item2);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var exists = records.TryGetValue(key, out var stored);
        var found = exists ? Etag(stored.Version) : null;
        if (found != grainState.ETag || (exists && !records.TryRemove(new(key, stored))))
        {
            throw Conflict("Clear", stateName, grainId, found, grainState.ETag);
        }

        (grainState.State, grainState.ETag, grainState.RecordExists) = (New<T>(), null, false);
        return Task.CompletedTask;
    }

    private static T? New<T>() => typeof(T).IsValueType || typeof(T).GetConstructor(Type.EmptyTypes) is not null ? Activator.CreateInstance<T>() : default;

    private static string Etag(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static InconsistentStateException Conflict(string operation, string stateName, GrainId grainId, string? stored, string? ours) =>
        new($"{operation} of '{stateName}' of grain {grainId} was refused: the record has changed since it was read", stored, ours);
}
