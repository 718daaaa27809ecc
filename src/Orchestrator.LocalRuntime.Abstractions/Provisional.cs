namespace Orchestrator.LocalRuntime;

// Stands in until the runtime's own abstractions are landed; they replace this file.
public interface IGrainWithStringKey;

public interface IGrainFactory
{
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
