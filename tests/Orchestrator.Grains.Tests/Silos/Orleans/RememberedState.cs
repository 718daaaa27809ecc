using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Grains.Tests.Silos;

/// <summary>Keeps grain records while silos come and go.</summary>
internal sealed class RememberedState : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), (byte[] Json, long Version)> records = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.RecordExists = records.TryGetValue((stateName, grainId), out var record);
        grainState.State = grainState.RecordExists ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
        grainState.ETag = grainState.RecordExists ? ETag(record.Version) : null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        var version = records.TryGetValue((stateName, grainId), out var record) ? record.Version + 1 : 1;
        records[(stateName, grainId)] = (JsonSerializer.SerializeToUtf8Bytes(grainState.State), version);
        (grainState.ETag, grainState.RecordExists) = (ETag(version), true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        records.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists, grainState.State) = (null, false, Activator.CreateInstance<T>());
        return Task.CompletedTask;
    }

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    private void Check<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = records.TryGetValue((stateName, grainId), out var record) ? ETag(record.Version) : null;
        if (stored != grainState.ETag)
        {
            throw new InconsistentStateException($"The record '{stateName}' of grain {grainId} has changed since it was read", stored, grainState.ETag);
        }
    }
}
