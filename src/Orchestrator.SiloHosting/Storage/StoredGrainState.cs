using System.Text.Json;
using Orchestrator.Execution.Grains;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Keeps grain records in the store, as JSON, changed by compare-and-set.</summary>
internal sealed class StoredGrainState(IGrainStateTable table) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var record = await table.ReadAsync(grainId.ToString(), stateName, cancellationToken);
        grainState.State = record is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(record.State.Span);
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        grainState.ETag = Done(await table.WriteAsync(grainId.ToString(), stateName, json, grainState.ETag, cancellationToken), stateName, grainId, grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        grainState.ETag = Done(await table.ClearAsync(grainId.ToString(), stateName, grainState.ETag, cancellationToken), stateName, grainId, grainState.ETag);
        grainState.State = Activator.CreateInstance<T>();
        grainState.RecordExists = false;
    }

    private static string? Done(GrainStateOutcome outcome, string stateName, GrainId grainId, string? ours) => outcome switch
    {
        GrainStateOutcome.Done done => done.ETag,
        GrainStateOutcome.Conflict conflict => throw new InconsistentStateException(
            $"The record '{stateName}' of grain {grainId} has changed since it was read", conflict.Stored, ours),
        _ => throw new InvalidOperationException($"An outcome of a write to the record '{stateName}' of grain {grainId} is neither done nor a conflict: {outcome}."),
    };
}
