using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>How a request of a method may meet other requests.</summary>
[Flags]
public enum GrainMethodOptions
{
    None = 0,
    OneWay = 1,
    AlwaysInterleave = 2,
    ReadOnly = 4,
}

/// <summary>A method of a grain interface, as generated requests describe themselves.</summary>
public sealed class GrainMethod(Type interfaceType, string name, GrainMethodOptions options, params Type[] parameterTypes)
{
    public Type InterfaceType { get; } = interfaceType;

    public string Name { get; } = name;

    public GrainMethodOptions Options { get; } = options;

    // Only filters ask for it, so it is looked up when one does.
    public MethodInfo Reflected => field ??= InterfaceType.GetMethod(Name, parameterTypes)
        ?? throw new MissingMethodException(InterfaceType.FullName, Name);

    public override string ToString() => $"{InterfaceType.Name}.{Name}";
}
