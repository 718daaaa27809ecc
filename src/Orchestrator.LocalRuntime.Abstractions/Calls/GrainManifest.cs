namespace Orchestrator.LocalRuntime;

/// <summary>Points at the generated list of the grain interfaces which an assembly declares.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class GrainManifestAttribute(Type manifest) : Attribute
{
    public Type Manifest { get; } = manifest;
}

/// <summary>Generated: says how references to an assembly's grain interfaces are made.</summary>
public interface IGrainManifest
{
    void Describe(IGrainManifestBuilder builder);
}

public interface IGrainManifestBuilder
{
    void AddInterface(Type interfaceType, Func<IGrainReferenceRuntime, GrainId, GrainReference> createReference);
}
